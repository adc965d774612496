"""The emergency gate: for some hours nobody but servers known for a week, and those a rule opens."""

from harness.check import check, soon
from scene import Scene, holds_none_of, looks_absent, word

WEEK_AND_A_DAY = 8


def closed_for_strangers(scene: Scene):
    """The peer is new here; the other has been known for a week."""
    comity, alice, peer, other = scene.comity, scene.alice, scene.peer, scene.other
    copy, copied = scene.writes(alice, "public")
    soon(f"… and {peer.software}", lambda: peer.got("Create", copy))
    comity.has_known(other.domain, days=WEEK_AND_A_DAY)
    comity.close_gate("A wave of strangers.")
    peer.forget()

    said, post = scene.writes(alice, "public")
    friendly, knocking = word("friendly"), word("knocking")
    other.post(text=friendly)
    soon("a server that has long been known goes on: its post is in Alice's home timeline", lambda: any(friendly in text for text in alice.home()))
    knock = peer.post(text=knocking)
    check("a stranger hears that it may come again later", knock["delivered"] == 0 and "503" in str(knock["error"]))
    looks_absent(peer, "Alice's post", post)
    looks_absent(peer, "Alice", alice.actor)
    check("not one request of Comity's reached it", lambda: peer.state()["requests"] == [])
    check("what it brought is in no file of the server's", lambda: not comity.keeps_anywhere(knocking))

    alice.delete(copied)
    soon("it is asked to forget what it had before: what takes something back still goes out", lambda: peer.got("Delete", copied))

    rule = comity.rule_set(peer.domain, "open")
    opened, _ = scene.writes(alice, "public")
    soon("a rule opens to it by name, and Alice's posts arrive", lambda: peer.got("Create", opened))
    comity.rule_end(rule)
    shut, _ = scene.writes(alice, "public")

    comity.open_gate()
    peer.forget()
    again = word("again")
    peer.post(text=again)
    soon("the gate is open: the peer's next post is in Alice's home timeline", lambda: any(again in text for text in alice.home()))
    scene.all_has_arrived(alice)
    kinds = {one["type"] for one in peer.state()["received"]}
    check("… by the follows there were, in both directions", kinds == {"Create"})
    holds_none_of(peer, said, shut)
