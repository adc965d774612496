"""Of each address of the API a question that is answered well."""

from dataclasses import dataclass, field

from seeds import BLOCKS, EMOJI, POLL, PUSH, Seeds, tomorrow

DAYS = {"start_at": "2026-01-01", "end_at": "2026-01-31"}


@dataclass
class Question:
    """How an address is asked: what stands in it, and what is sent to it."""

    named: dict[str, str] = field(default_factory=dict)
    params: dict | None = None
    json: dict | None = None
    files: dict | None = None
    token: str | None = None


def by_id(make):
    """A question about something that was made for it."""
    return lambda seeds: Question(named={"id": make(seeds)})


def on(path: str):
    """A question about a new post, after something was done to it."""
    def made(seeds: Seeds) -> Question:
        number = seeds.status()
        seeds.post(f"/api/v1/statuses/{number}/{path}")
        return Question(named={"id": number})
    return made


def towards(act: str | None = None):
    """A question about somebody who joined just now, to whom something was done."""
    def made(seeds: Seeds) -> Question:
        number, _ = seeds.newcomer()
        if act is not None:
            seeds.post(f"/api/v1/accounts/{number}/{act}")
        return Question(named={"id": number})
    return made


def sent(**fields):
    return lambda seeds: Question(json=fields)


def asked(**params):
    return lambda seeds: Question(params=params)


def quote(seeds: Seeds) -> Question:
    mine, quoting = seeds.quoted()
    return Question(named={"id": mine, "quoting": quoting})


def emoji(react: bool):
    def made(seeds: Seeds) -> Question:
        number = seeds.status()
        if react:
            seeds.post(f"/api/v1/statuses/{number}/react/{EMOJI}")
        return Question(named={"id": number, "emoji": EMOJI})
    return made


def thumb(react: bool):
    def made(seeds: Seeds) -> Question:
        number = seeds.announcement()
        if react:
            seeds.ask("PUT", f"/api/v1/announcements/{number}/reactions/{EMOJI}")
        return Question(named={"id": number, "name": EMOJI})
    return made


def votes(seeds: Seeds) -> Question:
    poll = seeds.get(f"/api/v1/statuses/{seeds.status(seeds.theirs, poll=POLL)}")["poll"]["id"]
    return Question(named={"id": poll}, json={"choices": [0]})


def item_of(mine: bool):
    """Who made a collection takes somebody out; who is in it takes themself out."""
    def made(seeds: Seeds) -> Question:
        collection, item = seeds.item(None if mine else seeds.theirs)
        return Question(named={"id": collection, "item": item})
    return made


def new_collection(seeds: Seeds) -> Question:
    seeds.make_room()
    return Question(json={"name": "Ferry people"})


def put_in(seeds: Seeds) -> Question:
    return Question(named={"id": seeds.collection()["id"]}, json={"account_id": seeds.them})


def in_list(there: bool):
    def made(seeds: Seeds) -> Question:
        number, whom = seeds.reading_list(), {"account_ids": [seeds.followed()]}
        if there:
            seeds.post(f"/api/v1/lists/{number}/accounts", **whom)
        return Question(named={"id": number}, json=whom)
    return made


def joins(seeds: Seeds) -> Question:
    return Question(json=seeds.sign_up(), token=seeds.itself)


def waits(seeds: Seeds) -> Question:
    return Question(named={"id": seeds.applicants.pop()})


def fetches(seeds: Seeds) -> Question:
    form = {"grant_type": "client_credentials", "client_id": seeds.app.client_id, "client_secret": seeds.app.client_secret}
    return Question(json=form)


def oembed(seeds: Seeds) -> Question:
    return Question(params={"url": seeds.get(f"/api/v1/statuses/{seeds.status()}")["url"]})


def frozen(act: str):
    def made(seeds: Seeds) -> Question:
        number, _ = seeds.newcomer()
        seeds.post(f"/api/v1/admin/accounts/{number}/action", type=act, text="Sleep on it")
        return Question(named={"id": number})
    return made


def reported(**fields):
    return lambda seeds: Question(named={"id": seeds.report()}, json=fields or None)


def blocked(kind: str, **fields):
    return lambda seeds: Question(named={"id": seeds.block(kind)}, json=fields or None)


def blocks(kind: str):
    return lambda seeds: Question(json=BLOCKS[kind](next(seeds.numbers)))


def strangers(seeds: Seeds) -> Question:
    return Question(json={"id": [seeds.stranger()]})


def subscribed(**fields):
    def made(seeds: Seeds) -> Question:
        seeds.post("/api/v1/push/subscription", **PUSH)
        return Question(json=fields or None)
    return made


# Of each address that needs more than what stands in it. Where it is none of these, what is there is asked for by its id.
WELL = {
    "GET /api/comity/v1/why": asked(about="server.example"),
    "GET /api/oembed": oembed,
    "GET /api/v1/accounts/lookup": asked(acct="alice"),
    "GET /api/v1/accounts/search": asked(q="bodil"),
    "GET /api/v1/accounts/{id}/in_collections": lambda seeds: Question(named={"id": seeds.me}),
    "GET /api/v1/domain_blocks/preview": asked(domain="server.example"),
    "GET /api/v1/instance/terms_of_service/{date}": lambda seeds: Question(named={"date": seeds.get("/api/v1/instance/terms_of_service")["effective_date"]}),
    "GET /api/v1/peers/search": asked(q="server"),
    "GET /api/v1/pleroma/statuses/{id}/reactions/{emoji}": emoji(react=True),
    "GET /api/v1/search": asked(q="tea"),
    "GET /api/v1/statuses/{id}/quotes": quote,
    "GET /api/v1/statuses/{id}/reactions/{emoji}": emoji(react=True),
    "GET /api/v1/statuses/{id}/source": by_id(Seeds.status),
    "GET /api/v1/timelines/link": asked(url="https://page.example/"),
    "GET /api/comity/v1/statuses/{id}/reach": by_id(Seeds.status),
    "GET /api/v2/search": asked(q="tea"),
    "PATCH /api/v1/accounts/update_credentials": sent(note="I row"),
    "PATCH /api/v1/collections/{id}": lambda seeds: Question(named={"id": seeds.collection()["id"]}, json={"name": "Ferry people"}),
    "PATCH /api/v1/notifications/policy": sent(filter_not_following=False),
    "PATCH /api/v1/pleroma/bookmark_folders/{id}": lambda seeds: Question(named={"id": seeds.folder()}, json={"name": "Later"}),
    "PATCH /api/v1/profile": sent(note="I row"),
    "PATCH /api/v2/notifications/policy": sent(for_not_following="accept"),
    "POST /api/comity/v1/antennas": sent(title="Antenna", any=["tea"]),
    "POST /api/comity/v1/drafts": sent(status="Not finished"),
    "POST /api/comity/v1/reach": sent(status="Hello"),
    "POST /api/v1/accounts": joins,
    "POST /api/v1/accounts/{id}/block": towards(),
    "POST /api/v1/accounts/{id}/endorse": by_id(Seeds.followed),
    "POST /api/v1/accounts/{id}/follow": towards(),
    "POST /api/v1/accounts/{id}/mute": towards(),
    "POST /api/v1/accounts/{id}/note": lambda seeds: Question(named={"id": seeds.them}, json={"comment": "Rows"}),
    "POST /api/v1/accounts/{id}/pin": by_id(Seeds.followed),
    "POST /api/v1/accounts/{id}/remove_from_followers": by_id(Seeds.following),
    "POST /api/v1/accounts/{id}/unblock": towards("block"),
    "POST /api/v1/accounts/{id}/unendorse": lambda seeds: Question(named={"id": seeds.them}),
    "POST /api/v1/accounts/{id}/unfollow": towards("follow"),
    "POST /api/v1/accounts/{id}/unmute": towards("mute"),
    "POST /api/v1/accounts/{id}/unpin": lambda seeds: Question(named={"id": seeds.them}),
    "POST /api/v1/admin/accounts/{id}/action": lambda seeds: Question(named={"id": seeds.newcomer()[0]}, json={"type": "none", "text": "Mind your words"}),
    "POST /api/v1/admin/accounts/{id}/approve": waits,
    "POST /api/v1/admin/accounts/{id}/reject": waits,
    "POST /api/v1/admin/accounts/{id}/enable": frozen("disable"),
    "POST /api/v1/admin/accounts/{id}/unsuspend": frozen("suspend"),
    "POST /api/v1/admin/canonical_email_blocks/test": sent(email="somebody@mail.example"),
    "POST /api/v1/admin/dimensions": sent(keys=["languages", "servers"], **DAYS),
    "POST /api/v1/admin/measures": sent(keys=["new_users", "active_users"], **DAYS),
    "POST /api/v1/admin/reports/{id}/assign_to_self": reported(),
    "POST /api/v1/admin/reports/{id}/reopen": reported(),
    "POST /api/v1/admin/reports/{id}/resolve": reported(),
    "POST /api/v1/admin/reports/{id}/unassign": reported(),
    "POST /api/v1/admin/retention": sent(frequency="day", **DAYS),
    "POST /api/v1/announcements/{id}/dismiss": by_id(Seeds.announcement),
    "POST /api/v1/apps": sent(client_name="Other", redirect_uris="https://app.example/back"),
    "POST /api/v1/collections": new_collection,
    "POST /api/v1/collections/{id}/items": put_in,
    "POST /api/v1/collections/{id}/items/{item}/revoke": item_of(mine=False),
    "POST /api/v1/conversations/{id}/read": by_id(Seeds.conversation),
    "POST /api/v1/conversations/{id}/unread": by_id(Seeds.conversation),
    "POST /api/v1/domain_blocks": lambda seeds: Question(json={"domain": seeds.domain()}),
    "POST /api/v1/featured_tags": lambda seeds: Question(json={"name": f"cocoa{next(seeds.numbers)}"}),
    "POST /api/v1/filters": sent(phrase="cocoa", context=["home"]),
    "POST /api/v1/follow_requests/{id}/authorize": by_id(Seeds.asking),
    "POST /api/v1/follow_requests/{id}/reject": by_id(Seeds.asking),
    "POST /api/v1/lists": sent(title="Friends"),
    "POST /api/v1/lists/{id}/accounts": in_list(there=False),
    "POST /api/v1/markers": lambda seeds: Question(json={"home": {"last_read_id": seeds.status()}}),
    "POST /api/v1/media": lambda seeds: Question(files={"file": seeds.image()}),
    "POST /api/v1/notifications/requests/accept": strangers,
    "POST /api/v1/notifications/requests/dismiss": strangers,
    "POST /api/v1/notifications/requests/{id}/accept": by_id(Seeds.stranger),
    "POST /api/v1/notifications/requests/{id}/dismiss": by_id(Seeds.stranger),
    "POST /api/v1/notifications/{id}/dismiss": lambda seeds: Question(named={"id": seeds.told()["id"]}),
    "POST /api/v1/pleroma/bookmark_folders": sent(name="Later"),
    "POST /api/v1/polls/{id}/votes": votes,
    "POST /api/v1/push/subscription": sent(**PUSH),
    "POST /api/v1/reports": lambda seeds: Question(json={"account_id": seeds.them, "comment": "Loud"}),
    "POST /api/v1/statuses": sent(status="Hello"),
    "POST /api/v1/statuses/{id}/bookmark": by_id(Seeds.status),
    "POST /api/v1/statuses/{id}/favourite": by_id(Seeds.status),
    "POST /api/v1/statuses/{id}/mute": by_id(Seeds.status),
    "POST /api/v1/statuses/{id}/pin": by_id(Seeds.status),
    "POST /api/v1/statuses/{id}/quotes/{quoting}/revoke": quote,
    "POST /api/v1/statuses/{id}/react/{emoji}": emoji(react=False),
    "POST /api/v1/statuses/{id}/reblog": by_id(Seeds.status),
    "POST /api/v1/statuses/{id}/unbookmark": on("bookmark"),
    "POST /api/v1/statuses/{id}/unfavourite": on("favourite"),
    "POST /api/v1/statuses/{id}/unmute": on("mute"),
    "POST /api/v1/statuses/{id}/unpin": by_id(Seeds.status),
    "POST /api/v1/statuses/{id}/unreact/{emoji}": emoji(react=True),
    "POST /api/v1/statuses/{id}/unreblog": on("reblog"),
    "POST /api/v2/filters": sent(title="Cocoa", context=["home"]),
    "POST /api/v2/filters/{id}/keywords": lambda seeds: Question(named={"id": seeds.filter()}, json={"keyword": "cocoa"}),
    "POST /api/v2/filters/{id}/statuses": lambda seeds: Question(named={"id": seeds.filter()}, json={"status_id": seeds.status()}),
    "POST /api/v2/media": lambda seeds: Question(files={"file": seeds.image()}),
    "POST /api/v2/notifications/{id}/dismiss": lambda seeds: Question(named={"id": seeds.told()["group_key"]}),
    "POST /oauth/token": fetches,
    "PUT /api/comity/v1/antennas/{id}": lambda seeds: Question(named={"id": seeds.antenna()}, json={"title": "Other"}),
    "PUT /api/comity/v1/drafts/{id}": lambda seeds: Question(named={"id": seeds.draft()}, json={"status": "Further"}),
    "PUT /api/v1/admin/domain_blocks/{id}": blocked("domain_blocks", severity="silence"),
    "PUT /api/v1/admin/ip_blocks/{id}": blocked("ip_blocks", severity="sign_up_block"),
    "PUT /api/v1/admin/reports/{id}": reported(category="spam"),
    "PUT /api/v1/announcements/{id}/reactions/{name}": thumb(react=False),
    "PUT /api/v1/collections/{id}": lambda seeds: Question(named={"id": seeds.collection()["id"]}, json={"name": "Ferry people"}),
    "PUT /api/v1/filters/{id}": lambda seeds: Question(named={"id": seeds.old_filter()}, json={"phrase": "milk", "context": ["home"]}),
    "PUT /api/v1/lists/{id}": lambda seeds: Question(named={"id": seeds.reading_list()}, json={"title": "Other"}),
    "PUT /api/v1/media/{id}": lambda seeds: Question(named={"id": seeds.file()}, json={"description": "Tea"}),
    "PUT /api/v1/notifications/policy": sent(filter_not_following=False),
    "PUT /api/v1/pleroma/statuses/{id}/reactions/{emoji}": emoji(react=False),
    "PUT /api/v1/profile": sent(note="I sail"),
    "PUT /api/v1/push/subscription": subscribed(data={"alerts": {"follow": True}}),
    "PUT /api/v1/scheduled_statuses/{id}": lambda seeds: Question(named={"id": seeds.scheduled()}, json={"scheduled_at": tomorrow()}),
    "PUT /api/v1/statuses/{id}": lambda seeds: Question(named={"id": seeds.status()}, json={"status": "Other words"}),
    "PUT /api/v1/statuses/{id}/interaction_policy": lambda seeds: Question(named={"id": seeds.status()}, json={"quote_approval_policy": "nobody"}),
    "PUT /api/v2/filters/keywords/{id}": lambda seeds: Question(named={"id": seeds.keyword()}, json={"keyword": "milk"}),
    "PUT /api/v2/filters/{id}": lambda seeds: Question(named={"id": seeds.filter()}, json={"title": "Milk"}),
    "DELETE /api/comity/v1/antennas/{id}": by_id(Seeds.antenna),
    "DELETE /api/comity/v1/drafts/{id}": by_id(Seeds.draft),
    "DELETE /api/v1/admin/accounts/{id}": frozen("suspend"),
    "DELETE /api/v1/announcements/{id}/reactions/{name}": thumb(react=True),
    "DELETE /api/v1/collections/{id}": lambda seeds: Question(named={"id": seeds.collection()["id"]}),
    "DELETE /api/v1/collections/{id}/items/{item}": item_of(mine=True),
    "DELETE /api/v1/conversations/{id}": by_id(Seeds.conversation),
    "DELETE /api/v1/domain_blocks": asked(domain="server.example"),
    "DELETE /api/v1/featured_tags/{id}": by_id(Seeds.tag),
    "DELETE /api/v1/filters/{id}": by_id(Seeds.old_filter),
    "DELETE /api/v1/lists/{id}": by_id(Seeds.reading_list),
    "DELETE /api/v1/lists/{id}/accounts": in_list(there=True),
    "DELETE /api/v1/media/{id}": by_id(Seeds.file),
    "DELETE /api/v1/notifications/{id}": lambda seeds: Question(named={"id": seeds.told()["id"]}),
    "DELETE /api/v1/pleroma/bookmark_folders/{id}": by_id(Seeds.folder),
    "DELETE /api/v1/pleroma/statuses/{id}/reactions/{emoji}": emoji(react=True),
    "DELETE /api/v1/push/subscription": subscribed(),
    "DELETE /api/v1/scheduled_statuses/{id}": by_id(Seeds.scheduled),
    "DELETE /api/v1/statuses/{id}": by_id(Seeds.status),
    "DELETE /api/v2/filters/keywords/{id}": by_id(Seeds.keyword),
    "DELETE /api/v2/filters/statuses/{id}": by_id(Seeds.filtered),
    "DELETE /api/v2/filters/{id}": by_id(Seeds.filter),
} | {f"POST /api/v1/admin/{kind}": blocks(kind) for kind in BLOCKS} | {f"DELETE /api/v1/admin/{kind}/{{id}}": blocked(kind) for kind in BLOCKS}

# What has two addresses is answered well at both.
WELL |= {label.replace("/api/v1/", "/api/v1_alpha/"): made for label, made in WELL.items() if "collections" in label}
