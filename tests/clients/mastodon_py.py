"""What people do with their apps, told with Mastodon.py."""

import datetime
import time
from pathlib import Path

from harness.steer import PATIENCE_S
from mastodon import Mastodon, MastodonAPIError, MastodonNotFoundError
from signing_in import raises
from story import Story
from town import Town, picture

# What is queued in the server is done within this.
SOON_S = 10


class Scene:
    """Alice, Bodil and Chidi with an app each, and what the chapters hand on to each other."""

    def __init__(self, town: Town, story: Story):
        self.town, self.story = town, story
        self.check = story.check
        app = town.register("Mastodon.py")
        self.alice, self.bodil, self.chidi = (self._client(town.token(app, who)) for who in town.people)
        self.anybody = self._client(None)
        self.alice_id, self.bodil_id, self.chidi_id = (client.me().id for client in (self.alice, self.bodil, self.chidi))

    def _client(self, token: str | None) -> Mastodon:
        return Mastodon(access_token=token, api_base_url=self.town.url, request_timeout=PATIENCE_S, ratelimit_method="throw")


def tell(town: Town, story: Story):
    scene = Scene(town, story)
    for chapter in (
        the_server, profiles, following, posts, threads, edits, quotes, boosts, shelves, timelines, pages, notifications,
        grouped, searching, private, filters, mutes_and_blocks, domains, media, polls, lists, tags, scheduled,
        settings, reports, deleting,
    ):  # fmt: skip
        story.begin(chapter)
        chapter(scene)


def the_server(s: Scene):
    instance = s.check("the server describes itself", s.anybody.instance_v2)
    s.check("… by the domain in its members' handles", lambda: instance.domain == s.town.domain)
    s.check("… with a version that apps can read", lambda: s.anybody.retrieve_mastodon_version(fail_hard=True)[0].isdigit())
    s.check("… how long a post may be", lambda: instance.configuration.statuses.max_characters == 5000)
    s.check("… and whether one can join", lambda: instance.registrations.enabled is True)
    s.check("older apps are told the same", lambda: s.anybody.instance_v1().uri == s.town.domain)
    s.check("it has rules, or none", lambda: s.anybody.instance_rules() == [])
    s.check("its NodeInfo names Comity", lambda: s.anybody.instance_nodeinfo().software.name == "comity")
    s.check("it is well", s.anybody.instance_health)
    s.check("what it has nothing of is empty", lambda: [s.anybody.custom_emojis(), s.alice.announcements(), s.alice.trending_tags(), s.alice.trending_links(), s.alice.trending_statuses()] == [[]] * 5)
    s.check("it suggests whom to follow, or nobody", lambda: isinstance(s.alice.suggestions_v2(), list))
    s.check("it has a directory of people", lambda: s.bodil.account_update_credentials(discoverable=True) and s.bodil_id in [one.id for one in s.alice.directory(order="new", local=True)])
    s.check("it names servers it knows", lambda: isinstance(s.anybody.instance_peers(), list))
    s.check("it says how busy it was", lambda: isinstance(s.anybody.instance_activity(), list))


def profiles(s: Scene):
    said = {"display_name": "Alice of the harbour", "note": "Tides and tables", "fields": [("Boat", "Kittiwake")], "discoverable": True, "bot": False}
    s.check("a member describes herself", lambda: s.alice.account_update_credentials(**said).display_name == said["display_name"])
    seen = s.check("… and others read it", lambda: s.bodil.account(s.alice_id))
    s.check("… in paragraphs", lambda: seen.note == "<p>Tides and tables</p>")
    s.check("… with her fields", lambda: [(field.name, field.value) for field in seen.fields] == [("Boat", "Kittiwake")])
    s.check("… and she, as she wrote it", lambda: s.alice.me().source.note == said["note"])
    s.check("people are found by handle", lambda: s.anybody.account_lookup(f"alice@{s.town.domain}").id == s.alice_id)
    s.check("… and by the beginning of a name", lambda: s.alice_id in [one.id for one in s.bodil.account_search("ali")])
    s.check("… and several at once", lambda: {one.id for one in s.bodil.accounts([s.alice_id, s.chidi_id])} == {s.alice_id, s.chidi_id})
    s.check("nobody is found by a number that is nobody's", lambda: raises(MastodonNotFoundError, lambda: s.alice.account(1)))
    s.check("a member keeps a note about somebody", lambda: s.alice.account_note_set(s.bodil_id, "met at sea").note == "met at sea")
    portrait = s.check("a member shows a picture of herself", lambda: s.alice.account_update_credentials(avatar=str(picture(s.town.folder / "face.png")), avatar_mime_type="image/png").avatar)
    s.check("… that is another than before", lambda: portrait not in (None, seen.avatar))


def following(s: Scene):
    s.check("Bodil follows Alice", lambda: s.bodil.account_follow(s.alice_id).following)
    s.check("… twice, which changes nothing", lambda: s.bodil.account_follow(s.alice_id).following)
    s.check("… and Alice is told once", lambda: [note.account.id for note in s.alice.notifications(types=["follow"])] == [s.bodil_id])
    s.check("… and sees it", lambda: s.alice.account_relationships(s.bodil_id)[0].followed_by)
    s.check("… among her followers", lambda: [one.id for one in s.alice.account_followers(s.alice_id)] == [s.bodil_id])
    s.check("… counted", lambda: (s.alice.account(s.alice_id).followers_count, s.alice.account(s.bodil_id).following_count) == (1, 1))
    s.check("Alice and Chidi follow back and forth", lambda: s.alice.account_follow(s.bodil_id).following and s.chidi.account_follow(s.bodil_id).following)
    s.check("friends of friends are named", lambda: s.chidi_id not in [one.id for one in s.chidi.account_familiar_followers([s.alice_id])[0].accounts])
    s.alice.account_update_credentials(locked=True)
    s.check("who asks first is asked", lambda: (s.chidi.account_follow(s.alice_id).requested, s.chidi.account_relationships(s.alice_id)[0].following) == (True, False))
    s.check("… and the one asked sees who waits", lambda: [one.id for one in s.alice.follow_requests()] == [s.chidi_id])
    s.check("… and may say no", lambda: not s.alice.follow_request_reject(s.chidi_id).followed_by)
    s.check("… or yes, another time", lambda: s.chidi.account_follow(s.alice_id).requested and s.alice.follow_request_authorize(s.chidi_id).followed_by)
    s.check("a follower is sent away", lambda: not s.alice.account_remove_from_followers(s.chidi_id).followed_by)
    s.alice.account_update_credentials(locked=False)
    s.check("reblogs of somebody are switched off", lambda: s.bodil.account_follow(s.alice_id, reblogs=False).showing_reblogs is False)
    s.check("… and a bell is switched on", lambda: s.bodil.account_follow(s.alice_id, reblogs=True, notify=True).notifying is True)
    s.check("somebody is no longer followed", lambda: not s.chidi.account_unfollow(s.bodil_id).following)


def posts(s: Scene):
    s.post = s.check("Alice posts", lambda: s.alice.status_post("High water at <b>nine</b> #tides", visibility="public", language="en"))
    s.check("… her text, not her markup", lambda: "&lt;b&gt;nine&lt;/b&gt;" in s.post.content)
    s.check("… with a tag that leads somewhere", lambda: [tag.name for tag in s.post.tags] == ["tides"] and 'rel="tag"' in s.post.content)
    s.check("… in her language", lambda: s.post.language == "en")
    s.check("… and by the app she uses", lambda: s.post.application.name == "Mastodon.py")
    s.check("… counted", lambda: s.alice.me().statuses_count == 1)
    s.check("a link in a post is a link", lambda: 'href="https://tide.example/table"' in s.alice.status_post("See https://tide.example/table").content)
    key = f"once-{time.monotonic_ns()}"
    s.check("what is sent twice by accident is posted once", lambda: len({s.alice.status_post("Only once", idempotency_key=key).id for _ in range(2)}) == 1)
    s.check("a warning folds a post", lambda: (warned := s.alice.status_post("It sinks", spoiler_text="the film")).spoiler_text == "the film" and warned.sensitive)
    s.check("an empty post is not posted", lambda: raises(MastodonAPIError, lambda: s.alice.status_post("")))
    s.check("… nor one that is too long", lambda: raises(MastodonAPIError, lambda: s.alice.status_post("x" * 5001)))
    s.check("several posts are read at once", lambda: [one.id for one in s.bodil.statuses([s.post.id])] == [s.post.id])
    s.check("anybody reads what is public", lambda: s.anybody.status(s.post.id).content == s.post.content)


def threads(s: Scene):
    s.reply = s.check("Bodil answers", lambda: s.bodil.status_reply(s.post, "Then I leave at eight"))
    s.check("… naming whom she answers", lambda: [one.username for one in s.reply.mentions] == ["alice"] and s.reply.in_reply_to_account_id == s.alice_id)
    s.second = s.check("… and Alice answers her", lambda: s.alice.status_reply(s.reply, "Mind the bar"))
    thread = s.check("the conversation is whole", lambda: s.chidi.status_context(s.reply.id))
    s.check("… what went before", lambda: [one.id for one in thread.ancestors] == [s.post.id])
    s.check("… and what came after", lambda: [one.id for one in thread.descendants] == [s.second.id])
    s.check("answers are counted", lambda: s.alice.status(s.post.id).replies_count == 1)
    s.check("a conversation is muted", lambda: s.alice.status_mute(s.post.id).muted and not s.alice.status_unmute(s.post.id).muted)


def edits(s: Scene):
    s.check("a post is changed", lambda: "half past nine" in s.alice.status_update(s.post.id, "High water at half past nine #tides").content)
    s.check("… which shows", lambda: s.bodil.status(s.post.id).edited_at is not None)
    s.check("… with what it said before", lambda: [("nine" in one.content, "half" in one.content) for one in s.bodil.status_history(s.post.id)] == [(True, False), (True, True)])
    s.check("… and its author finds it as she wrote it", lambda: s.alice.status_source(s.post.id).text == "High water at half past nine #tides")
    s.check("nobody changes what is another's", lambda: raises(MastodonNotFoundError, lambda: s.bodil.status_update(s.post.id, "Low water")))


def quotes(s: Scene):
    quotable = s.check("a post says who may quote it", lambda: s.alice.status_post("Quote me", quote_approval_policy="public"))
    s.check("… to everybody", lambda: s.bodil.status(quotable.id).quote_approval.current_user == "automatic")
    quote = s.check("Bodil quotes it", lambda: s.bodil.status_post("She says so", quoted_status_id=quotable.id))
    s.check("… and it shows in hers", lambda: (quote.quote.state, quote.quote.quoted_status.id) == ("accepted", quotable.id))
    s.check("… and Alice sees who quotes her", lambda: [one.id for one in s.alice.status_quotes(quotable.id)] == [quote.id])
    s.check("… and is told", lambda: quote.id in [note.status.id for note in s.alice.notifications(types=["quote"])], within_s=SOON_S)
    s.check("… and takes it out", lambda: s.alice.status_quote_revoke(quotable.id, quote.id).quote.state == "revoked")
    s.check("… after which it shows nothing", lambda: s.chidi.status(quote.id).quote.quoted_status is None)
    s.check("she closes the post to quotes", lambda: s.alice.status_update_quote_approval_policy(quotable.id, "nobody").quote_approval.automatic == [])
    s.check("… and nobody quotes it any more", lambda: raises(MastodonAPIError, lambda: s.bodil.status_post("Again", quoted_status_id=quotable.id)))


def boosts(s: Scene):
    boost = s.check("Bodil boosts", lambda: s.bodil.status_reblog(s.post.id))
    s.check("… in a wrapper of her own", lambda: boost.reblog.id == s.post.id and boost.id != s.post.id and boost.account.id == s.bodil_id)
    s.check("… once", lambda: s.bodil.status_reblog(s.post.id).id == boost.id)
    s.check("… which is counted", lambda: s.alice.status(s.post.id).reblogs_count == 1)
    s.check("… and she is named", lambda: [one.id for one in s.alice.status_reblogged_by(s.post.id)] == [s.bodil_id])
    s.check("Bodil favours it", lambda: s.bodil.status_favourite(s.post.id).favourited)
    s.check("… which is counted and named too", lambda: s.alice.status(s.post.id).favourites_count == 1 and [one.id for one in s.alice.status_favourited_by(s.post.id)] == [s.bodil_id])
    s.check("… and takes both back", lambda: not s.bodil.status_unfavourite(s.post.id).favourited and not s.bodil.status_unreblog(s.post.id).reblogged)
    s.check("… after which nothing is counted", lambda: (lambda one: (one.favourites_count, one.reblogs_count))(s.alice.status(s.post.id)) == (0, 0))
    s.bodil.status_favourite(s.post.id)
    s.bodil.status_reblog(s.post.id)
    s.check("Alice pins a post", lambda: s.alice.status_pin(s.post.id).pinned)
    s.check("… and it is above her others", lambda: [one.id for one in s.anybody.account_statuses(s.alice_id, pinned=True)] == [s.post.id])
    s.check("… until she takes it down", lambda: not s.alice.status_unpin(s.post.id).pinned and s.anybody.account_statuses(s.alice_id, pinned=True) == [])


def shelves(s: Scene):
    s.check("what Bodil favoured is kept together", lambda: [one.id for one in s.bodil.favourites()] == [s.post.id])
    s.check("she bookmarks a post", lambda: s.bodil.status_bookmark(s.post.id).bookmarked)
    s.check("… and finds it", lambda: [one.id for one in s.bodil.bookmarks()] == [s.post.id])
    s.check("… and takes the mark out", lambda: not s.bodil.status_unbookmark(s.post.id).bookmarked and s.bodil.bookmarks() == [])


def timelines(s: Scene):
    s.check("home has what one's people write", lambda: s.second.id in [one.id for one in s.bodil.timeline_home()])
    s.check("… and not what others do", lambda: s.post.id not in [one.id for one in s.chidi.timeline_home()])
    s.check("the community has what is public", lambda: s.post.id in [one.id for one in s.anybody.timeline_local()])
    s.check("… and so has everybody's, for members", lambda: s.post.id in [one.id for one in s.chidi.timeline_public()])
    s.check("a tag has what carries it", lambda: [one.id for one in s.anybody.timeline_hashtag("tides")] == [s.post.id])
    s.check("a person's page has their posts", lambda: {one.account.id for one in s.bodil.account_statuses(s.alice_id)} == {s.alice_id})
    s.check("… without answers, if one likes", lambda: s.second.id not in [one.id for one in s.bodil.account_statuses(s.alice_id, exclude_replies=True)])
    s.check("… or those with one tag", lambda: [one.id for one in s.bodil.account_statuses(s.alice_id, tagged="tides")] == [s.post.id])


def pages(s: Scene):
    written = [s.chidi.status_post(f"Wave {number}").id for number in range(7)]
    newest = list(reversed(written))
    first = s.check("a page holds as many as were asked for", lambda: s.chidi.account_statuses(s.chidi_id, limit=3))
    s.check("… the newest first", lambda: [one.id for one in first] == newest[:3])
    second = s.check("… and leads to the next", lambda: s.chidi.fetch_next(first))
    s.check("… without a gap", lambda: [one.id for one in second] == newest[3:6])
    s.check("… and back", lambda: [one.id for one in s.chidi.fetch_previous(second)] == newest[:3])
    s.check("… to an end", lambda: [one.id for one in s.chidi.fetch_remaining(first)] == newest)
    s.check("since an id, the newest come", lambda: [one.id for one in s.chidi.account_statuses(s.chidi_id, since_id=written[0], limit=2)] == newest[:2])
    s.check("right above an id, its neighbours do", lambda: [one.id for one in s.chidi.account_statuses(s.chidi_id, min_id=written[0], limit=2)] == [written[2], written[1]])


def notifications(s: Scene):
    s.check("Alice is told of an answer", lambda: s.reply.id in [note.status.id for note in s.alice.notifications(types=["mention"])], within_s=SOON_S)
    s.check("… of a boost and a favour", lambda: {note.type for note in s.alice.notifications(types=["reblog", "favourite"])} == {"reblog", "favourite"})
    s.check("… and of nothing she does not ask for", lambda: "mention" not in {note.type for note in s.alice.notifications(exclude_types=["mention"])})
    s.check("… or of one person only", lambda: {note.account.id for note in s.alice.notifications(account_id=s.bodil_id)} == {s.bodil_id})
    one = s.alice.notifications(limit=1)[0]
    s.check("one of them is read again", lambda: s.alice.notifications(id=one.id).id == one.id)
    s.check("what is unread is counted", lambda: s.alice.notifications_unread_count().count > 0)
    s.check("one is put away", lambda: s.alice.notifications_dismiss(one.id) is None and one.id not in [note.id for note in s.alice.notifications()])
    s.check("Bodil's bell rings for a post of Alice", lambda: "status" in {note.type for note in s.bodil.notifications()}, within_s=SOON_S)
    s.check("who boosted is told that a post was changed", lambda: s.alice.status_update(s.post.id, "High water at ten #tides") and any(note.type == "update" for note in s.bodil.notifications()), within_s=SOON_S)


def grouped(s: Scene):
    for one in (s.bodil, s.chidi):
        one.status_favourite(s.second.id)
    came = s.check("what happened comes in groups", lambda: s.alice.grouped_notifications(types=["favourite"]))
    group = s.check("… two who favour one post are one", lambda: next(group for group in came.notification_groups if group.status_id == s.second.id and group.notifications_count == 2))
    s.check("… both named", lambda: set(group.sample_account_ids) == {s.bodil_id, s.chidi_id} <= {one.id for one in came.accounts})
    s.check("… with the post beside them", lambda: s.second.id in [one.id for one in came.statuses])
    s.check("a group is read by its key", lambda: s.alice.grouped_notification(group.group_key).notification_groups[0].group_key == group.group_key)
    s.check("… and who is in it", lambda: {one.id for one in s.alice.grouped_notification_accounts(group.group_key)} == {s.bodil_id, s.chidi_id})
    s.check("unread groups are counted", lambda: s.alice.unread_grouped_notifications_count() > 0)
    s.check("a group is put away", lambda: s.alice.dismiss_grouped_notification(group.group_key) is None and group.group_key not in [one.group_key for one in s.alice.grouped_notifications().notification_groups])
    s.check("a member says of whom she is told", lambda: s.alice.update_notifications_policy(for_new_accounts="filter").for_new_accounts == "filter")
    s.check("… and reads it again", lambda: s.alice.notifications_policy().for_new_accounts == "filter")
    s.check("… and who waits", lambda: isinstance(s.alice.notification_requests(), list))
    s.check("… and tells everything again", lambda: s.alice.update_notifications_policy(for_new_accounts="accept").for_new_accounts == "accept")
    s.check("everything is put away", lambda: s.alice.notifications_clear() is None and s.alice.notifications() == [])


def searching(s: Scene):
    s.check("people are found", lambda: [one.id for one in s.bodil.search_v2("alice", result_type="accounts").accounts] == [s.alice_id])
    s.check("… tags", lambda: "tides" in [tag.name for tag in s.bodil.search_v2("tides", result_type="hashtags").hashtags])
    s.check("… and a post by its address", lambda: [one.id for one in s.bodil.search_v2(s.post.url, resolve=True).statuses] == [s.post.id])
    s.check("a member finds her own words", lambda: s.second.id in [one.id for one in s.alice.search_v2("bar", result_type="statuses").statuses])
    s.check("… and what nobody wrote is not found", lambda: not any(s.bodil.search_v2("xyzzyplugh").values()))
    hers = s.alice.status_post("Lobster pots for sale")
    his = s.bodil.status_post("@alice lobster pots of which size")
    asked = s.alice.status_post("Are lobster pots worth it", poll=s.alice.make_poll(["Yes", "No"], expires_in=3600))

    def found(operator: str) -> set:
        return {one.id for one in s.alice.search_v2(f"lobster {operator}", result_type="statuses").statuses}

    s.check("a word alone finds all that have it", lambda: found("") == {hers.id, his.id, asked.id})
    s.check("… with from:, what one person wrote", lambda: found("from:bodil") == {his.id})
    s.check("… what she wrote herself", lambda: found("from:me") == {hers.id, asked.id})
    s.check("… with has:, what asks something", lambda: found("has:poll") == {asked.id})
    s.check("… or, turned round, what does not", lambda: found("-has:poll") == {hers.id, his.id})
    day, one_day = hers.created_at.astimezone(datetime.timezone.utc).date(), datetime.timedelta(days=1)
    s.check("… with before:, nothing of that day", lambda: hers.id in found(f"before:{day + one_day}") and hers.id not in found(f"before:{day}"))
    s.check("… with after:, nothing of that day either", lambda: hers.id in found(f"after:{day - one_day}") and hers.id not in found(f"after:{day}"))
    s.check("an operator that cannot be followed is said to be wrong", lambda: raises(MastodonAPIError, lambda: found("before:yesterday")))


def private(s: Scene):
    secret = s.check("Alice writes to Bodil alone", lambda: s.alice.status_post("@bodil the key is under the mat", visibility="direct"))
    s.check("… who reads it", lambda: s.bodil.status(secret.id).visibility == "direct")
    s.check("… Chidi does not", lambda: raises(MastodonNotFoundError, lambda: s.chidi.status(secret.id)))
    s.check("… nor anybody", lambda: raises(MastodonNotFoundError, lambda: s.anybody.status(secret.id)))
    s.check("… nor by search", lambda: not s.chidi.search_v2(secret.url, resolve=True).statuses)
    mine = s.check("… and it stands among what was said between them", lambda: next(one for one in s.bodil.conversations() if one.last_status.id == secret.id))
    s.check("… as unread", lambda: mine.unread)
    s.check("… until it is read", lambda: not s.bodil.conversations_read(mine.id).unread)
    kept = s.check("what is for followers", lambda: s.alice.status_post("The party is on Friday", visibility="private"))
    s.check("… they read", lambda: s.bodil.status(kept.id).visibility == "private")
    s.check("… and others do not", lambda: raises(MastodonNotFoundError, lambda: s.chidi.status(kept.id)))
    s.check("… nor boost", lambda: raises(MastodonNotFoundError, lambda: s.chidi.status_reblog(kept.id)))
    s.check("what is unlisted is in no list of everybody's", lambda: s.alice.status_post("Quietly", visibility="unlisted").id not in [one.id for one in s.anybody.timeline_local()])


def filters(s: Scene):
    words = [{"keyword": "regatta", "whole_word": True}]
    wish = s.check("Bodil hides a word", lambda: s.bodil.create_filter_v2("Races", context=["home", "public"], filter_action="warn", keywords_attributes=words))
    s.check("… and finds her filter", lambda: [one.title for one in s.bodil.filters_v2()] == ["Races"] and s.bodil.filter_v2(wish.id).keywords[0].keyword == "regatta")
    race = s.alice.status_post("The regatta starts at noon")
    s.check("… which folds posts that have it", lambda: [match.filter.title for match in s.bodil.status(race.id).filtered] == ["Races"], within_s=SOON_S)
    s.check("… with the word that did", lambda: s.bodil.status(race.id).filtered[0].keyword_matches == ["regatta"])
    s.check("… for her alone", lambda: s.chidi.status(race.id).filtered == [])
    s.check("a word is added", lambda: s.bodil.add_filter_keyword_v2(wish.id, "sail").keyword == "sail")
    s.check("… and a single post", lambda: s.bodil.add_filter_status_v2(wish.id, s.post.id).status_id == s.post.id)
    s.check("older apps see the same words", lambda: {one.phrase for one in s.bodil.filters()} == {"regatta", "sail"})
    s.check("a filter is renamed", lambda: s.bodil.update_filter_v2(wish.id, title="Boat races").title == "Boat races")
    s.check("… and ended", lambda: s.bodil.delete_filter_v2(wish.id) is None and s.bodil.filters_v2() == [])


def mutes_and_blocks(s: Scene):
    s.check("Alice mutes Chidi for a while", lambda: s.alice.account_mute(s.chidi_id, notifications=True, duration=3600).muting)
    muted = s.check("… and finds him among those she mutes", lambda: next(one for one in s.alice.mutes() if one.id == s.chidi_id))
    s.check("… with the time it ends", lambda: abs((muted.mute_expires_at - datetime.datetime.now(datetime.timezone.utc)).total_seconds() - 3600) < 60)
    s.check("… and hears nothing of him", lambda: s.chidi.status_post("@alice can you hear me") and not any(note.account.id == s.chidi_id for note in s.alice.notifications()))
    s.check("… until she unmutes him", lambda: not s.alice.account_unmute(s.chidi_id).muting and s.alice.mutes() == [])
    s.check("a mute of a second is over after it", lambda: s.alice.account_mute(s.chidi_id, duration=1).muting)
    s.check("… by itself", lambda: not s.alice.account_relationships(s.chidi_id)[0].muting, within_s=SOON_S)
    s.check("Alice blocks Chidi", lambda: s.alice.account_block(s.chidi_id).blocking)
    s.check("… and finds him among those she blocks", lambda: [one.id for one in s.alice.blocks()] == [s.chidi_id])
    s.check("… and he does not read her", lambda: raises(MastodonNotFoundError, lambda: s.chidi.account_statuses(s.alice_id)))
    s.check("… nor follow her", lambda: raises(MastodonAPIError, lambda: s.chidi.account_follow(s.alice_id)))
    s.check("… until she unblocks him", lambda: not s.alice.account_unblock(s.chidi_id).blocking and s.alice.blocks() == [])


def domains(s: Scene):
    s.check("Alice blocks a server", lambda: s.alice.domain_block("shouting.example") is None)
    s.check("… and finds it", lambda: s.alice.domain_blocks() == ["shouting.example"])
    s.check("… as a boundary of hers, which her page shows", lambda: "shouting.example" in s.town.people[0].browser.get("/boundaries").words())
    s.check("… and nobody else's", lambda: s.bodil.domain_blocks() == [])
    s.check("… until she unblocks it", lambda: s.alice.domain_unblock("shouting.example") is None and s.alice.domain_blocks() == [])


def media(s: Scene):
    file = picture(s.town.folder / "tide.png", 64, 48)
    s.image = s.check("Alice uploads a picture", lambda: s.alice.media_post(str(file), mime_type="image/png", description="A table of tides", focus=(0.5, -0.5), synchronous=True))
    s.check("… described", lambda: s.image.description == "A table of tides")
    s.check("… measured", lambda: (s.image.type, s.image.meta.original.width, s.image.meta.original.height) == ("image", 64, 48))
    s.check("… and blurred", lambda: len(s.image.blurhash) > 5)
    s.check("… and describes it better", lambda: s.alice.media_update(s.image.id, description="Tides of May").description == "Tides of May")
    shown = s.check("… and posts it without a word", lambda: s.alice.status_post("", media_ids=[s.image.id]))
    s.check("… as others see it", lambda: [one.description for one in s.bodil.status(shown.id).media_attachments] == ["Tides of May"])
    s.check("… and can fetch it", lambda: s.alice.session.get(s.bodil.status(shown.id).media_attachments[0].url, timeout=PATIENCE_S).headers["content-type"].startswith("image/"))
    s.check("… and corrects its words in an edit", lambda: corrected(s, shown.id, "Tides of June").media_attachments[0].description == "Tides of June")
    s.check("her pictures are a list of their own", lambda: [one.id for one in s.bodil.account_statuses(s.alice_id, only_media=True)] == [shown.id])
    s.check("what is no picture is refused", lambda: raises(MastodonAPIError, lambda: s.alice.media_post(str(not_a_picture(s.town.folder)), mime_type="image/png")))


def not_a_picture(folder: Path) -> Path:
    path = folder / "words.png"
    path.write_text("These are words.")
    return path


def polls(s: Scene):
    asked = s.check("Alice asks", lambda: s.alice.status_post("Which day?", poll=s.alice.make_poll(["Friday", "Sunday"], expires_in=3600)).poll)
    s.check("… two answers to choose from", lambda: [option.title for option in asked.options] == ["Friday", "Sunday"])
    s.check("… for an hour", lambda: 3500 < (asked.expires_at - datetime.datetime.now(datetime.timezone.utc)).total_seconds() <= 3600)
    voted = s.check("Bodil votes", lambda: s.bodil.poll_vote(asked.id, 1))
    s.check("… and it is counted", lambda: (voted.voted, voted.own_votes, voted.votes_count, [option.votes_count for option in voted.options]) == (True, [1], 1, [0, 1]))
    s.check("… once", lambda: raises(MastodonAPIError, lambda: s.bodil.poll_vote(asked.id, 0)))
    s.check("… and Alice reads it", lambda: s.alice.poll(asked.id).votes_count == 1)
    s.check("nobody votes in their own poll", lambda: raises(MastodonAPIError, lambda: s.alice.poll_vote(asked.id, 0)))


def lists(s: Scene):
    mine = s.check("Alice makes a list", lambda: s.alice.list_create("Crew", replies_policy="list", exclusive=False))
    s.check("… puts Bodil in it", lambda: s.alice.list_accounts_add(mine.id, [s.bodil_id]) is None and [one.id for one in s.alice.list_accounts(mine.id)] == [s.bodil_id])
    s.check("… and finds it by her", lambda: [one.id for one in s.alice.account_lists(s.bodil_id)] == [mine.id])
    news = s.bodil.status_post("For the crew")
    s.check("… with what she writes", lambda: news.id in [one.id for one in s.alice.timeline_list(mine.id)], within_s=SOON_S)
    s.check("… and renames it", lambda: s.alice.list_update(mine.id, "Deck").title == "Deck")
    s.check("nobody reads the list of another", lambda: raises(MastodonNotFoundError, lambda: s.bodil.list(mine.id)))
    s.check("she takes Bodil out", lambda: s.alice.list_accounts_delete(mine.id, [s.bodil_id]) is None and s.alice.list_accounts(mine.id) == [])
    s.check("… and ends it", lambda: s.alice.list_delete(mine.id) is None and s.alice.lists() == [])


def tags(s: Scene):
    s.check("Chidi follows a tag", lambda: s.chidi.tag_follow("tides").following)
    s.check("… and finds it", lambda: [tag.name for tag in s.chidi.followed_tags()] == ["tides"])
    tagged = s.alice.status_post("Low water at four #tides")
    s.check("… with what carries it at home", lambda: tagged.id in [one.id for one in s.chidi.timeline_home()], within_s=SOON_S)
    s.check("… until he no longer does", lambda: not s.chidi.tag_unfollow("tides").following)
    s.check("Alice shows a tag on her page", lambda: s.alice.featured_tag_create("tides").name == "tides")
    s.check("… where others find it", lambda: [tag.name for tag in s.bodil.account_featured_tags(s.alice_id)] == ["tides"])


def scheduled(s: Scene):
    later = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(hours=2)
    waiting = s.check("Alice writes for later", lambda: s.alice.status_post("Good morning", scheduled_at=later))
    s.check("… and it waits", lambda: [one.id for one in s.alice.scheduled_statuses()] == [waiting.id])
    s.check("… with its words", lambda: s.alice.scheduled_status(waiting.id).params.text == "Good morning")
    s.check("… and is not posted yet", lambda: "Good morning" not in " ".join(one.content for one in s.alice.account_statuses(s.alice_id)))
    s.check("… and is put off", lambda: s.alice.scheduled_status_update(waiting.id, later + datetime.timedelta(hours=1)).scheduled_at > later)
    s.check("… and called off", lambda: s.alice.scheduled_status_delete(waiting.id) is None and s.alice.scheduled_statuses() == [])


def settings(s: Scene):
    s.check("an app learns what a member prefers", lambda: s.alice.preferences()["posting:default:visibility"] == "public")
    s.check("where Alice stopped reading is kept", lambda: s.alice.markers_set(["home"], [s.post.id])["home"].last_read_id == s.post.id)
    s.check("… for her other apps", lambda: s.alice.markers_get(["home"])["home"].last_read_id == s.post.id)


def reports(s: Scene):
    s.check("Bodil reports a post of Chidi's", lambda: s.bodil.report(s.chidi_id, status_ids=[s.chidi.status_post("Buy my boat").id], comment="spam", category="spam").category == "spam")


def deleting(s: Scene):
    gone = s.alice.status_post("A mistake")
    s.check("a post is deleted, and comes back for writing anew", lambda: s.alice.status_delete(gone.id).text == "A mistake")
    s.check("… and is gone", lambda: raises(MastodonNotFoundError, lambda: s.bodil.status(gone.id)))
    s.check("nobody deletes what is another's", lambda: raises(MastodonNotFoundError, lambda: s.bodil.status_delete(s.post.id)))


def corrected(s: Scene, post: str, words: str):
    """By hand: Mastodon.py 2.3.3 adds two sets, which Python does not do, as soon as an edit says something of a file."""
    edit = {"status": "", "media_ids": [s.image.id], "media_attributes": [{"id": s.image.id, "description": words}]}
    answer = s.alice.session.put(f"{s.town.url}/api/v1/statuses/{post}", json=edit, headers={"authorization": f"Bearer {s.alice.access_token}"}, timeout=PATIENCE_S)
    answer.raise_for_status()
    return s.alice.status(post)
