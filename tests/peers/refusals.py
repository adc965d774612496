"""A peer is refused, by a member or by the whole community: nothing passes, and all comes back when the rule goes."""

import json
import re
import urllib.parse

from harness.check import check, soon
from harness.comity import Comity
from harness.member import Member
from harness.steer import Peer
from neighbours import digest_of, synchronization
from scene import Scene, can_read, holds_none_of, looks_absent, word


def refused(scene: Scene, ruler: Member | Comity):
    alice, maren, peer, other, known_post = scene.alice, scene.maren, scene.peer, scene.other, scene.known_post
    by_all = ruler is scene.comity
    rule = ruler.rule_set(peer.domain, "refused")
    peer.forget()

    said, post = scene.writes(alice, "public")
    private, private_post = scene.writes(alice, "private", visibility="private")
    changed = word("changed")
    alice.edit(known_post, changed)
    soon(f"… and so does her edit reach {other.software}", lambda: other.got("Update", changed))
    bio = word("bio")
    alice.describe_themself(bio)
    soon("… and what she says of herself", lambda: other.got("Update", bio))
    refuses_to_name(alice, peer)
    alice.find(f"http://{peer.domain}/unknown")

    intruder, intruding = word("intruder"), word("intruding")
    notified = alice.told_of(peer.handle)
    sent = [
        peer.post(text=intruder),
        peer.reply(text=intruding, in_reply_to=known_post, author=alice.actor),
        peer.like(post=known_post, author=alice.actor),
    ]
    check("what the peer sends is answered as if it had been taken in", all(one["error"] is None and one["delivered"] for one in sent))
    if by_all:
        check("not one request of Comity's reached the refused server", lambda: peer.state()["requests"] == [])
    else:
        scene.all_was_read()

    looks_absent(peer, "Alice's public post", post)
    looks_absent(peer, "her followers-only post", private_post)
    looks_absent(peer, "what the peer has had before", known_post)
    looks_absent(peer, "Alice", alice.actor)
    for collection in ("outbox", "followers", "featured", "followers_synchronization"):
        looks_absent(peer, f"her {collection}", f"{alice.actor}/{collection}")
    unsigned = [peer.fetch_plain(url=url) for url in (post, f"{post[: post.rindex('/')]}/1")]
    check("unsigned, her post is answered like one that never was", without_text(unsigned[0]) == without_text(unsigned[1]))
    if by_all:
        check("refusing all this needed no request either", lambda: peer.state()["requests"] == [])
    else:
        scene.all_has_arrived(maren)
        theirs, their_post = scene.writes(maren, "public")
        can_read(peer, "what another member writes", their_post, theirs)

    for trace in (intruder, intruding):
        check("what the refused server sent is on no page of Alice's", lambda: alice.shows_anywhere(trace) == [])
        if by_all:
            check("… and in no file of the server's", lambda: not scene.comity.keeps_anywhere(trace))
    check("what it answered her is in no row of the database", lambda: not scene.comity.keeps(intruding))
    check("no notification tells of it", lambda: alice.told_of(peer.handle) <= notified)
    come_back(scene, ruler, rule)
    holds_none_of(peer, said, private, changed, bio)


def without_text(answer: dict) -> dict:
    return {name: value for name, value in answer.items() if name != "headers"}


def brought_by_others(scene: Scene, ruler: Member | Comity):
    """The other peer boosts and answers what the refused one wrote: it does not come in that way."""
    alice, peer, other = scene.alice, scene.peer, scene.other
    rule = ruler.rule_set(peer.domain, "refused")
    intruder, answered = word("intruder"), word("answered")
    theirs = peer.post(text=intruder, sent=False)["post"]
    peer.forget()
    boost = other.announce(post=theirs, author=peer.actor)
    answer = other.reply(text=answered, in_reply_to=theirs, author=peer.actor, mention=alice.actor)
    check(f"{other.software} boosts it, and answers it to Alice", boost["error"] is None and answer["error"] is None)
    last = word("last")
    other.post(text=last, audience="direct", mention=scene.maren.actor)
    soon("… and what it says after that comes in", lambda: last in scene.maren.notifications())
    check("what it answers is on no page of hers", lambda: alice.shows_anywhere(intruder) == [])
    asked = asked_by_comity(peer)
    come_back(scene, ruler, rule)
    if ruler is scene.comity:
        path = urllib.parse.urlsplit(theirs).path
        check("Comity asked the refused server for nothing", asked == [])
        check("… nor for that when the rule was gone", lambda: not any(one["path"] == path for one in asked_by_comity(peer)))
        check("… and has none of it", lambda: not scene.comity.keeps_anywhere(intruder))


def asked_by_comity(peer: Peer) -> list[dict]:
    return [one for one in peer.state()["requests"] if one["method"] == "GET" and "comity" in one["agent"].lower()]


def nobody_knows(scene: Scene):
    """Somebody new on a refused server knocks: answered like somebody whose key cannot be had, and nothing is asked about them."""
    alice, peer = scene.alice, scene.peer
    (ghost,) = peer.crowd(who="ghost", size=1, actor=alice.actor)["each"]
    check("whoever cannot be found is not heard", ghost["delivered"] == 0)
    rule = scene.comity.rule_set(peer.domain, "refused")
    peer.forget()
    (stranger,) = peer.crowd(first=101, size=1, actor=alice.actor)["each"]
    check("a stranger on a refused server hears the same", anonymous(stranger["error"]) == anonymous(ghost["error"]))
    check("… and their key was not asked for", lambda: peer.state()["requests"] == [])
    scene.comity.rule_end(rule)


def anonymous(error: str) -> str:
    return re.sub(r"(activities|crowd|ghost)[-/]\d+", "it", error)


def refuses_to_name(alice: Member, peer: Peer):
    """A mention that could not arrive is refused where it is written."""
    unsaid = word("unsaid")
    check("Alice cannot write to the peer", lambda: alice.why_not_post(f"{peer.handle} {unsaid}", visibility="direct") is not None)


def come_back(scene: Scene, ruler: Member | Comity, rule: str):
    """The rule ends, and both follows work again, though nobody asked anew."""
    alice, peer = scene.alice, scene.peer
    peer.forget()
    ruler.rule_end(rule)
    private, welcome = word("private"), word("welcome")
    alice.post(private, visibility="private")
    soon("the rule is gone, and what Alice writes for followers arrives: the peer's follow was kept", lambda: peer.got("Create", private))
    peer.post(text=welcome)
    soon("… and so was hers: the peer's next post is in her home timeline", lambda: any(welcome in text for text in alice.home()))
    kinds = {one["type"] for one in peer.state()["received"]}
    check("… and nobody asked or was asked to follow anew", kinds.isdisjoint({"Follow", "Accept", "Undo", "Reject"}))


def one_person(scene: Scene):
    """One of two followers on the peer is refused. Their server still gets what is for the other, and is told for whom."""
    alice, maren, peer = scene.alice, scene.maren, scene.peer
    (follow,) = peer.crowd(first=100, size=1, actor=alice.actor)["each"]
    them, by = follow["actor"], "crowd-100"
    soon("another on the peer follows Alice", lambda: peer.got("Accept", follow["id"]))
    is_for(scene, peer.actor, them)
    rule = alice.rule_set(them, "refused")
    said, post = is_for(scene, peer.actor)
    can_read(peer, "it, as the one who is not refused,", post, said)
    looks_absent(peer, "to the one who is, the same post", post, by=by)
    looks_absent(peer, "… and Alice", alice.actor, by=by)
    intruding, last = word("intruding"), word("last")
    (sent,) = peer.crowd(first=100, size=1, actor=alice.actor, text=intruding)["each"]
    check("what they send is answered as if it had been taken in", sent["error"] is None and sent["delivered"])
    peer.crowd(first=100, size=1, actor=maren.actor, text=last)
    soon("what they send to Maren after that comes in", lambda: last in maren.notifications())
    check("… and to Alice nothing did", lambda: alice.shows_anywhere(intruding) == [] and not scene.comity.keeps(intruding))
    alice.rule_end(rule)
    is_for(scene, peer.actor, them)
    check("the rule is gone, and they did not have to ask anew", lambda: peer.got_any(follow["id"]) == [])


def is_for(scene: Scene, *followers: str) -> tuple[str, str]:
    """What Alice writes for followers comes to the peer with the digest of just these."""
    scene.peer.forget()
    said, post = scene.writes(scene.alice, "private", visibility="private")
    soon(f"… and {scene.peer.software}", lambda: scene.peer.got("Create", said))
    told = synchronization(scene.peer)
    check(f"… with the digest of {len(followers)}", [one and one["digest"] for one in told] == [digest_of(*followers)])
    answer = scene.peer.fetch(url=told[0]["url"], signature="draft-cavage")
    check("… and a list that names nobody else", lambda: set(json.loads(answer["body"])["orderedItems"]) == set(followers))
    return said, post


def ended_meanwhile(scene: Scene):
    """What the refused side ends is over: their unfollowing is heard through the closed door."""
    alice, peer, comity = scene.alice, scene.peer, scene.comity
    rule = comity.rule_set(peer.domain, "refused")
    peer.unfollow(actor=alice.actor, follow=scene.follow)
    comity.rule_end(rule)
    said, _ = scene.writes(alice, "public")
    scene.all_has_arrived(scene.maren)
    check("whoever stopped following while refused is not followed by posts", lambda: peer.got("Create", said) is None)
    scene.follow = scene.follows(alice)
