"""What passes between servers, told as a story and checked on both sides.

    run.py                        the two peers with each other: that they are sound judges
    run.py --comity PATH          Comity with each peer, then everything that keeps a peer away

Everything runs on this machine over plain http. Servers' logs stay in a folder that is named at the end if anything
failed. The last line counts the sentences that held and those that did not.
"""

import argparse
import shutil
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import answers  # noqa: E402
import crowd  # noqa: E402
import gate  # noqa: E402
import neighbours  # noqa: E402
import posts  # noqa: E402
import refusals  # noqa: E402
import stances  # noqa: E402
from each_other import peers_with_each_other  # noqa: E402
from harness import check as counted  # noqa: E402
from harness import steer  # noqa: E402
from harness.check import check  # noqa: E402
from harness.comity import Comity  # noqa: E402
from harness.member import Member  # noqa: E402
from harness.steer import Peer  # noqa: E402
from scene import Scene  # noqa: E402


def titled(title: str, scene, *how):
    """One scene under its title, with what it took."""
    print(f"\n{title}", flush=True)
    begun = time.monotonic()
    came = scene(*how)
    print(f"  {time.monotonic() - begun:.1f} s", flush=True)
    return came


def comity_with_peers(binary: Path, home: Path, peers: list[Peer]):
    comity = Comity(binary, home)
    try:
        comity.start()
        comity.set_up()
        comity.open_sign_up()
        maren = Member(comity, "maren")
        maren.sign_up()
        scenes = [Scene(comity, comity.alice, maren, *pair) for pair in (peers, peers[::-1])]
        for scene in scenes:
            titled(f"Comity and {scene.peer.software} get to know each other", neighbours.get_to_know, scene)
        for part in (as_neighbours, as_strangers, as_opponents, as_company):
            for scene in scenes:
                print(f"\n== {scene.peer.software} ({scene.peer.domain}) {part.__name__.replace('_', ' ')}")
                part(scene)
        fedify = scenes[0]
        titled("fedify asks to answer by a request", answers.asked_by_request, fedify)
        titled("Comity keeps to what fedify asks for", answers.we_keep_to_theirs, fedify)
        titled("Alice refuses one person of fedify", refusals.one_person, fedify)
        titled("… and keeps a post from one", posts.kept_from_one, fedify)
        titled("somebody new on fedify, while it is refused", refusals.nobody_knows, fedify)
        titled("the emergency gate, closed for fedify", gate.closed_for_strangers, fedify)
        titled("a wave from fedify", crowd.a_wave, fedify)
        for peer in peers:
            check(f"{peer.software} had no trouble", lambda: peer.state()["errors"] == [])
    finally:
        comity.stop()


def as_neighbours(scene: Scene):
    who = scene.peer.software
    scene.known_post = titled("Alice writes", neighbours.alice_writes, scene)
    titled(f"{who} writes", neighbours.the_peer_writes, scene)
    titled("what is private", neighbours.what_is_private_stays_private, scene)
    titled("who follows", neighbours.who_follows_is_told_to_their_server, scene)
    titled("they part", neighbours.they_part, scene)


def as_strangers(scene: Scene):
    """To Maren, whom the peer follows in the end."""
    comity, maren, peer = scene.comity, scene.maren, scene.peer
    titled(f"Maren asks about {peer.software} first, and says no", stances.asked, scene, maren, "send-away")
    titled("the community asks first, and Maren says yes", stances.asked, scene, comity, "welcome")
    follow = titled(f"the community limits {peer.software}", stances.limited, scene, comity)
    peer.unfollow(actor=maren.actor, follow=follow)
    titled(f"Maren limits {peer.software}", stances.limited, scene, maren)


def as_opponents(scene: Scene):
    comity, alice, who = scene.comity, scene.alice, scene.peer.software
    for ruler in (alice, comity):
        titled(f"{ruler.called} withholds from {who}", stances.withheld, scene, ruler)
    for ruler in (alice, comity):
        titled(f"{ruler.called} refuses {who}", refusals.refused, scene, ruler)
        titled(f"… and {scene.other.software} brings what it wrote", refusals.brought_by_others, scene, ruler)
    for ruler in (alice, comity):
        titled(f"{ruler.called} talks by choice, and not with {who}", stances.by_choice, scene, ruler)
    titled(f"{who} stops following while it is refused", refusals.ended_meanwhile, scene)

    alice.make_list(f"away-{who}", scene.peer.domain)
    for whom in (scene.peer.domain, f"list:away-{who}"):
        titled(f"Alice keeps a post from {whom}", posts.kept_from, scene, whom)
    titled(f"Alice refuses {who}, and Maren carries her words", posts.author_refuses, scene)
    titled(f"Maren refuses {who}, and answers what it has", posts.answerer_refuses, scene)
    titled(f"a copy is asked back from {who}", posts.asked_back, scene)
    titled(f"… and so is one of a post that stays, from {who}", posts.asked_back_later, scene)
    titled(f"… and is not where the community refuses {who}", posts.not_asked_back, scene)


def as_company(scene: Scene):
    titled(f"{scene.peer.software} is told who may answer", answers.who_may_answer_is_told, scene)
    titled("an answer waits", answers.an_answer_waits, scene, scene.peer.reply)
    titled("an answer is turned down", answers.turned_down, scene)


def main():
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--comity", type=Path, metavar="PATH", help="the binary to test; without it the peers test each other")
    binary = arguments.parse_args().comity

    home = Path(tempfile.mkdtemp(prefix="comity-peers-"))
    peers = []
    try:
        peers.append(steer.fedify("fedora", home))
        peers.append(steer.bovine("bob", home))
        if binary is None:
            peers_with_each_other(*peers)
        else:
            comity_with_peers(binary, home, peers)
    except Exception as error:
        check(f"the story could be told to its end: {error!r} at {counted.where_in_tests(error)}", False)
    finally:
        for peer in peers:
            peer.stop()
    if counted.failures:
        print(f"\nThe servers' logs are in {home}.")
    else:
        shutil.rmtree(home)
    print(f"\n{counted.closing_line()}")
    sys.exit(1 if counted.failures else 0)


main()
