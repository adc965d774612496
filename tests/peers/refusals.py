"""A peer is refused, by a member or by the whole community: nothing passes, and all comes back when the rule goes."""

from harness.check import check, soon
from harness.comity import Comity
from harness.member import Member
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
    holds_none_of(peer, said, private, changed)


def without_text(answer: dict) -> dict:
    return {name: value for name, value in answer.items() if name != "headers"}


def refuses_to_name(alice: Member, peer):
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
