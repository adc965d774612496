"""What is there to be asked for, and of each address a question that is answered well. Both are made through the API; only
announcements and the texts of a community have pages alone."""

import itertools
import secrets
import urllib.parse
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import requests
from harness.steer import PATIENCE_S
from town import App, Town, picture

EMOJI = urllib.parse.quote("\N{TEACUP WITHOUT HANDLE}")
# A public key of the curve P-256 and a secret, as RFC 8291 has them in its example.
KEYS = {
    "p256dh": "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4",
    "auth": "BTBZMqHH6r4Tts7J_aSIgg",
}
PUSH = {"subscription": {"endpoint": "https://push.example.org/send/1", "keys": KEYS}, "data": {"alerts": {"mention": True}}}
POLL = {"options": ["Yes", "No"], "expires_in": 3600}
DAYS = {"start_at": "2026-01-01", "end_at": "2026-01-31"}


def tomorrow() -> str:
    return (datetime.now(UTC) + timedelta(days=1)).isoformat()


@dataclass
class Question:
    """How an address is asked: what stands in it, and what is sent to it."""

    named: dict[str, str] = field(default_factory=dict)
    params: dict | None = None
    json: dict | None = None
    files: dict | None = None
    token: str | None = None


class Seeds:
    """What is there, by the words that stand before `{id}` in addresses, and the means to make more of it."""

    def __init__(self, town: Town, app: App, mine: str, theirs: str):
        self.town, self.app, self.mine, self.theirs = town, app, mine, theirs
        self.numbers = itertools.count(1)
        self.line = requests.Session()
        form = {"grant_type": "client_credentials", "client_id": app.client_id, "client_secret": app.client_secret, "scope": "read write"}
        self.itself = self.post("/oauth/token", **form)["access_token"]
        self.me = self.get("/api/v1/accounts/verify_credentials")["id"]
        self.them = self.get("/api/v1/accounts/verify_credentials", theirs)["id"]
        self.things = self._fill()

    def ask(self, method: str, path: str, token: str | None = None, **more):
        headers = {"authorization": f"Bearer {token or self.mine}"}
        answer = self.line.request(method, self.town.url + path, headers=headers, timeout=PATIENCE_S, **more)
        if not answer.ok:
            raise RuntimeError(f"{method} {path} answered {answer.status_code}: {answer.text[:300]}")
        return answer.json()

    def get(self, path: str, token: str | None = None):
        return self.ask("GET", path, token)

    def post(self, path: str, token: str | None = None, **fields):
        return self.ask("POST", path, token, json=fields)

    def id(self, path: str, token: str | None = None, **fields) -> str:
        return self.post(path, token, **fields)["id"]

    # Each time another one

    def status(self, token: str | None = None, **more) -> str:
        return self.id("/api/v1/statuses", token, **({"status": f"A post about #tea, number {next(self.numbers)}"} | more))

    def reading_list(self) -> str:
        return self.id("/api/v1/lists", title=f"Friends {next(self.numbers)}")

    def filter(self) -> str:
        return self.id("/api/v2/filters", title=f"Tea {next(self.numbers)}", context=["home"], keywords_attributes=[{"keyword": "tea"}])

    def keyword(self) -> str:
        return self.id(f"/api/v2/filters/{self.filter()}/keywords", keyword="coffee")

    def filtered(self) -> str:
        return self.id(f"/api/v2/filters/{self.filter()}/statuses", status_id=self.status())

    def old_filter(self) -> str:
        return self.id("/api/v1/filters", phrase=f"cocoa{next(self.numbers)}", context=["home"])

    def file(self) -> str:
        return self.ask("POST", "/api/v2/media", files={"file": self.image()})["id"]

    def image(self) -> tuple[str, bytes, str]:
        return "tea.png", picture(self.town.folder / "tea.png").read_bytes(), "image/png"

    def scheduled(self) -> str:
        return self.id("/api/v1/statuses", status="Later", scheduled_at=tomorrow())

    def draft(self) -> str:
        return self.id("/api/comity/v1/drafts", status="Not finished")

    def antenna(self) -> str:
        return self.id("/api/comity/v1/antennas", title=f"Antenna {next(self.numbers)}", any=["tea"])

    def folder(self) -> str:
        return self.id("/api/v1/pleroma/bookmark_folders", name=f"Folder {next(self.numbers)}")

    def collection(self, token: str | None = None, *people: str) -> dict:
        made = self.post("/api/v1/collections", token, name=f"People {next(self.numbers)}", account_ids=people)
        return made["collection"]

    def item(self, token: str | None = None) -> tuple[str, str]:
        """A collection with somebody in it: me, where it is somebody else's."""
        made = self.collection(token, self.them if token is None else self.me)
        return made["id"], made["items"][0]["id"]

    def tag(self) -> str:
        return self.id("/api/v1/featured_tags", name=f"tea{next(self.numbers)}")

    def announcement(self) -> str:
        alice = self.town.people[0]
        page = alice.browser.get("/announcements")
        alice.browser.send(page, page.form("/announcements"), "/announcements", text=f"The lock is shut, number {next(self.numbers)}")
        return self.get("/api/v1/announcements")[0]["id"]

    def sign_up(self) -> dict[str, str]:
        name = f"guest{next(self.numbers)}"
        return {"username": name, "email": f"{name}@harbour.test", "password": secrets.token_hex(16), "agreement": True, "reason": "I row"}

    def newcomer(self) -> tuple[str, str]:
        """Somebody who joined just now: their id and a token of theirs."""
        token = self.post("/api/v1/accounts", self.itself, **self.sign_up())["access_token"]
        return self.get("/api/v1/accounts/verify_credentials", token)["id"], token

    def followed(self) -> str:
        """Somebody whom I follow."""
        number, _ = self.newcomer()
        self.post(f"/api/v1/accounts/{number}/follow")
        return number

    def apply(self, count: int) -> list[str]:
        """So many who wait for a yes of the moderators."""
        self.town.choose_sign_up("approval")
        for _ in range(count):
            self.post("/api/v1/accounts", self.itself, **self.sign_up())
        self.town.choose_sign_up("open")
        return [one["id"] for one in self.get("/api/v1/admin/accounts?pending=true")]

    def asking(self) -> str:
        """Somebody who asks to follow me."""
        self.ask("PATCH", "/api/v1/accounts/update_credentials", json={"locked": True})
        number, token = self.newcomer()
        self.post(f"/api/v1/accounts/{self.me}/follow", token)
        return number

    def following(self) -> str:
        """Somebody who follows me."""
        number = self.asking()
        self.post(f"/api/v1/follow_requests/{number}/authorize")
        return number

    def stranger(self) -> str:
        """Somebody of whom a notification stands aside."""
        self.ask("PATCH", "/api/v2/notifications/policy", json={"for_not_following": "filter"})
        number, token = self.newcomer()
        self.status(token, status="@alice Hello from a stranger")
        return number

    def told(self) -> dict:
        """A notification that does not stand aside."""
        accept = dict.fromkeys(("for_not_following", "for_not_followers", "for_new_accounts", "for_private_mentions"), "accept")
        self.ask("PATCH", "/api/v2/notifications/policy", json=accept)
        _, token = self.newcomer()
        self.post(f"/api/v1/statuses/{self.status()}/favourite", token)
        return self.get("/api/v1/notifications")[0]

    def report(self) -> str:
        return self.id("/api/v1/reports", self.theirs, account_id=self.newcomer()[0], comment="Loud")

    def conversation(self) -> str:
        self.status(self.theirs, status=f"@alice Between us, {next(self.numbers)}", visibility="direct")
        return self.get("/api/v1/conversations")[0]["id"]

    def quoted(self) -> tuple[str, str]:
        """A post of mine and one that quotes it."""
        mine = self.status(quote_approval_policy="public")
        return mine, self.status(self.theirs, status="Look", quoted_status_id=mine)

    def domain(self) -> str:
        return f"server{next(self.numbers)}.example"

    def block(self, kind: str) -> str:
        number = next(self.numbers)
        return self.id(f"/api/v1/admin/{kind}", **BLOCKS[kind](number))

    def _fill(self) -> dict[str, list[str]]:
        self.post(f"/api/v1/accounts/{self.me}/follow", self.theirs)
        self.post(f"/api/v1/accounts/{self.them}/follow")
        statuses = [
            self.status(),
            self.status(self.theirs, status="@alice Hello", visibility="direct"),
            self.status(status="With a picture", media_ids=[self.file()]),
            self.status(status="Tea?", poll=POLL),
            self.quoted()[0],
        ]
        self.post(f"/api/v1/statuses/{statuses[0]}/reblog", self.theirs)
        self.ask("PUT", f"/api/v1/pleroma/statuses/{statuses[0]}/reactions/{EMOJI}", self.theirs)
        self.stranger()
        self.asking()
        self.report()
        collection, item = self.item()
        self.post("/api/v1/push/subscription", **PUSH)
        self.tell_texts()
        self.applicants = self.apply(3)
        return {
            "/api/v1/accounts": [self.me, self.them],
            "/api/v1/statuses": statuses,
            "/api/v1/pleroma/statuses": statuses,
            "/api/comity/v1/statuses": statuses,
            "/api/v1/polls": [self.get(f"/api/v1/statuses/{statuses[3]}")["poll"]["id"]],
            "/api/v1/notifications": [one["id"] for one in self.get("/api/v1/notifications")],
            "/api/v2/notifications": [one["group_key"] for one in self.get("/api/v2/notifications")["notification_groups"]],
            "/api/v1/notifications/requests": [one["id"] for one in self.get("/api/v1/notifications/requests")],
            "/api/v1/lists": [self.reading_list()],
            "/api/v1/timelines/list": [self.reading_list()],
            "/api/v1/filters": [self.old_filter()],
            "/api/v2/filters": [self.filter()],
            "/api/v2/filters/keywords": [self.keyword()],
            "/api/v2/filters/statuses": [self.filtered()],
            "/api/v1/media": [self.file()],
            "/api/v1/tags": ["tea"],
            "/api/v1/timelines/tag": ["tea"],
            "/api/v1/conversations": [one["id"] for one in self.get("/api/v1/conversations")],
            "/api/v1/scheduled_statuses": [self.scheduled()],
            "/api/comity/v1/drafts": [self.draft()],
            "/api/comity/v1/antennas": [self.antenna()],
            "/api/v1/pleroma/bookmark_folders": [self.folder()],
            "/api/v1/collections": [collection],
            "/api/v1/collections/{id}/items": [item],
            "/api/v1/featured_tags": [self.tag()],
            "/api/v1/announcements": [self.announcement()],
            "/api/v1/follow_requests": [one["id"] for one in self.get("/api/v1/follow_requests")],
            "/api/v1/suggestions": [self.them],
            "/api/v1/admin/accounts": [self.them, self.applicants[0]],
            "/api/v1/annual_reports": [str(datetime.now(UTC).year)],
            "/api/v1/admin/reports": [one["id"] for one in self.get("/api/v1/admin/reports")],
            "/api/v1/admin/trends/statuses": [statuses[0]],
            "/api/v1/admin/trends/tags": ["tea"],
        } | {f"/api/v1/admin/{kind}": [self.block(kind)] for kind in BLOCKS}

    def tell_texts(self):
        """What the community says of data, and its terms, from today on."""
        alice = self.town.people[0]
        for kind in "privacy-policy", "terms-of-service":
            path = f"/moderation/texts/{kind}"
            page = alice.browser.get(path)
            answer = alice.browser.send(page, page.form(path), path, text="We keep what you write.")
            if answer.status >= 400:
                raise RuntimeError(f"{path} answered {answer.status}: {answer.words()[:300]}")


BLOCKS = {
    "email_domain_blocks": lambda number: {"domain": f"mail{number}.example"},
    "canonical_email_blocks": lambda number: {"email": f"somebody{number}@mail.example"},
    "ip_blocks": lambda number: {"ip": f"192.0.2.{number % 250}/32", "severity": "no_access"},
    "domain_blocks": lambda number: {"domain": f"refused{number}.example", "severity": "suspend"},
    "domain_allows": lambda number: {"domain": f"open{number}.example"},
}


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
    "POST /api/v1/collections": sent(name="Ferry people"),
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
