"""A wave: many people of the peer who speak to one member or want to follow them, held and answered as one."""

from harness.check import check, soon
from harness.member import Member
from harness.steer import Peer
from scene import Scene, word

LIMIT = 20  # the smallest that a member can choose
MORE = 6


def a_wave(scene: Scene):
    peer, nils = scene.peer, Member(scene.comity, "nils")  # whom nobody spoke to before
    nils.sign_up()
    nils.call_it_a_wave_from(LIMIT)
    shout = word("shout")
    begun = peer.crowd(size=LIMIT, actor=nils.actor, text=shout)["each"]
    check(f"{LIMIT} strangers speak to Nils, and each is answered as if all were well", all_well(begun))
    soon("so many make a wave", lambda: "Many strangers at once" in nils.waiting())

    first = followers(peer, LIMIT + 1, nils)
    jeer = word("jeer")
    check("others speak to him and are answered alike", all_well(peer.crowd(first=LIMIT + 1, size=MORE, actor=nils.actor, text=jeer)["each"]))
    soon("they are one thing to decide", lambda: f"{MORE} people on one server spoke to you, and {MORE} ask to follow you" in nils.waiting())
    scene.all_has_arrived(scene.alice)
    check("none of those who want to follow heard an answer", lambda: not any(answers(peer, first)))
    check("… and what they say is not among his notifications", lambda: jeer not in nils.notifications())
    nils.answer_wave("turn-away")
    soon("Nils turns them all away at once: each of them hears a no", lambda: answers(peer, first) == [["Reject"]] * MORE)
    check("… and nothing of what they said comes in", lambda: jeer not in nils.notifications())

    second = followers(peer, LIMIT + 1 + MORE, nils)
    soon("who comes after that waits as well", lambda: f"{MORE} ask to follow you" in nils.waiting())
    scene.all_has_arrived(scene.alice)
    check("… and hears nothing", lambda: not any(answers(peer, second)))
    nils.answer_wave("let-in")
    soon("Nils lets them all in at once: each of them hears a yes", lambda: answers(peer, second) == [["Accept"]] * MORE)
    check("those who were turned away heard nothing more", lambda: answers(peer, first) == [["Reject"]] * MORE)
    late = followers(peer, LIMIT + 1 + 2 * MORE, nils)
    soon("… and who comes now does not wait", lambda: answers(peer, late) == [["Accept"]] * MORE)


def followers(peer: Peer, number: int, whom: Member) -> list[dict]:
    """So many more people of the peer ask to follow him."""
    asking = peer.crowd(first=number, size=MORE, actor=whom.actor)["each"]
    check(f"{MORE} want to follow him, and each is answered as if all were well", all_well(asking))
    return asking


def all_well(each: list[dict]) -> bool:
    return all(one["error"] is None and one["delivered"] for one in each)


def answers(peer: Peer, asking: list[dict]) -> list[list[str]]:
    """What each of them heard."""
    return [peer.got_any(one["id"]) for one in asking]
