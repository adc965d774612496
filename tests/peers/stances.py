"""The stances between open and refused: ask, limited, withheld. Each by a member's own rule and by the community's."""

from harness.check import check, soon
from harness.comity import Comity
from harness.member import Member
from refusals import come_back, refuses_to_name
from scene import Scene, can_read, holds_none_of, is_bare, looks_absent, word


def asked(scene: Scene, ruler: Member | Comity, verb: str):
    """A stranger speaks to Maren and wants to follow her, and both wait for her yes (`welcome`) or no (`send-away`)."""
    alice, maren, peer = scene.alice, scene.maren, scene.peer
    rule = ruler.rule_set(peer.domain, "ask")
    peer.forget()
    hello = word("hello")
    follow = peer.follow(actor=maren.actor)
    sent = [follow, peer.post(text=hello, mention=maren.actor)]
    check("a stranger is answered as if all were well", all(one["error"] is None and one["delivered"] for one in sent))
    soon("what they say waits among Maren's first contacts", lambda: hello in maren.waiting() and "asks to follow" in maren.waiting())
    check("… and in none of her notifications", lambda: hello not in maren.notifications())
    said, _ = scene.writes(alice, "private", visibility="private")
    soon("Alice, whom the peer follows, has said yes by that: what she writes arrives", lambda: peer.got("Create", said))
    theirs, post = scene.writes_alone(maren, "public")
    can_read(peer, "what Maren writes for everybody", post, theirs)
    closed, closed_post = scene.writes_alone(maren, "private", visibility="private")
    looks_absent(peer, "what she writes for followers", closed_post)
    scene.all_has_arrived(alice)
    check("the follow was answered by nothing so far", lambda: peer.got_any(follow["id"]) == [])
    check("… and brought no post", lambda: peer.got("Create", theirs) is None and not peer.holds(closed))

    maren.answer_contact(peer.handle, verb)
    if verb == "send-away":
        soon("Maren says no, and the follow is rejected", lambda: peer.got("Reject", follow["id"]))
        check("what they said stays out", lambda: hello not in maren.notifications())
        ruler.rule_end(rule)
        return
    soon("Maren says yes, and the follow is accepted", lambda: peer.got("Accept", follow["id"]))
    soon("… and what they said is in her notifications", lambda: hello in maren.notifications())
    closed = word("private")
    maren.post(closed, visibility="private")
    soon("… and what she writes for followers arrives", lambda: peer.got("Create", closed))
    ruler.rule_end(rule)
    maren.ask_again(peer.handle)
    peer.unfollow(actor=maren.actor, follow=follow["id"])


def limited(scene: Scene, ruler: Member | Comity) -> str:
    """Everything passes, but what they write is shown to their followers alone, and their follows need a yes. Answers with
    the number of the peer's follow of Maren, which stands in the end."""
    alice, maren, peer, other = scene.alice, scene.maren, scene.peer, scene.other
    rule = ruler.rule_set(peer.domain, "limited")
    peer.forget()
    follow = peer.follow(actor=maren.actor)
    private, post = scene.writes(alice, "private", visibility="private")
    soon("a limited server gets what is for followers", lambda: peer.got("Create", private))
    can_read(peer, "it", post, private)
    check("their follow of Maren was answered by nothing so far", lambda: peer.got_any(follow["id"]) == [])
    theirs, others = word("theirs"), word("others")
    peer.post(text=theirs)
    other.post(text=others)
    soon("Alice, who follows both, has what both write in her home timeline", lambda: all(one in " ".join(alice.home()) for one in (theirs, others)))
    everyone = lambda member: " ".join(member.browser.get("/everyone").posts())  # noqa: E731
    check("Maren's public timeline has what the other writes, and not what they write", lambda: others in everyone(maren) and theirs not in everyone(maren))
    if ruler is maren:
        check("… and Alice's has both", lambda: theirs in everyone(alice))
    maren.accept_follow(peer.handle)
    soon("Maren lets them follow, and the peer hears it", lambda: peer.got("Accept", follow["id"]))
    ruler.rule_end(rule)
    return follow["id"]


def withheld(scene: Scene, ruler: Member | Comity):
    """Nothing is sent. What is public can be fetched; what is for followers is not there."""
    alice, peer, other = scene.alice, scene.peer, scene.other
    rule = ruler.rule_set(peer.domain, "withheld")
    peer.forget()
    said, post = scene.writes(alice, "public")
    private, private_post = scene.writes(alice, "private", visibility="private")
    refuses_to_name(alice, peer)
    theirs, others = word("theirs"), word("others")
    peer.post(text=theirs)
    other.post(text=others)
    soon("Alice still has what both write in her home timeline", lambda: all(one in " ".join(alice.home()) for one in (theirs, others)))
    if ruler is scene.comity:
        check("nothing was sent to the peer", lambda: [one for one in peer.state()["requests"] if one["method"] == "POST"] == [])
    else:
        scene.all_has_arrived(scene.maren)
    check("the peer does not hold the public post", lambda: not peer.holds(said))
    can_read(peer, "it", post, said)
    looks_absent(peer, "the followers-only post", private_post)
    alice.delete(private_post)
    alice.delete(post)
    soon("what was fetched is asked back when Alice deletes it", lambda: peer.got("Delete", post))
    check("… in a Delete that holds addresses and nothing else", lambda: is_bare(peer.got("Delete", post)["activity"]))
    check("… and nothing else ever came of it", lambda: peer.got_any(post) == ["Delete"])
    check("of the post for followers not even the address came", lambda: peer.got_any(private_post) == [] and not peer.holds(private))
    come_back(scene, ruler, rule)
    check("nor does anything of it come later", lambda: peer.got_any(post) == peer.got_any(private_post) == [])


def by_choice(scene: Scene, ruler: Member | Comity):
    """Nobody but whom a rule opens: the other peer is opened by name, and for this one the default is a refusal."""
    alice, peer, other = scene.alice, scene.peer, scene.other
    rule = ruler.rule_set(other.domain, "open")
    ruler.choose_mode("allow-list")
    said, post = scene.writes(alice, "public")
    theirs, others = word("theirs"), word("others")
    peer.post(text=theirs)
    other.post(text=others)
    soon("what the other writes is in Alice's home timeline", lambda: others in " ".join(alice.home()))
    looks_absent(peer, "Alice's post", post)
    if ruler is alice:
        scene.all_was_read()
        scene.all_has_arrived(scene.maren)
    check("… and what the peer writes is on no page of hers", lambda: alice.shows_anywhere(theirs) == [])
    ruler.choose_mode("open")
    ruler.rule_end(rule)
    scene.all_has_arrived(alice)
    holds_none_of(peer, said)
