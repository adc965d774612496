"""What passes between servers, told as a story and checked on both sides.

    run.py                        the two peers with each other: that they are sound judges
    run.py --comity PATH          Comity with each peer, then a rule that refuses each

Everything runs on this machine over plain http. Servers' logs stay in a folder that is named at the end if anything
failed. The last line counts the sentences that held and those that did not.
"""

import argparse
import secrets
import shutil
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from harness import check as counted  # noqa: E402
from harness import steer  # noqa: E402
from harness.check import check, soon  # noqa: E402
from harness.comity import Comity  # noqa: E402
from harness.steer import Peer  # noqa: E402

# Long enough that what was sent has been answered, refused or thrown away on two busy cores.
SETTLE_S = 5


def word(kind: str) -> str:
    """A word that is nowhere else, so that finding it proves where it came from."""
    return f"{kind}{secrets.token_hex(5)}"


# The peers with each other


def peers_with_each_other(a: Peer, b: Peer):
    print(f"\n{a.software} and {b.software}")
    for us, them in ((a, b), (b, a)):
        us.follow(actor=them.actor)
        soon(f"{us.software} follows {them.software}, who accepts", lambda: them.actor in us.state()["following"])
    for us, them in ((a, b), (b, a)):
        who = f"{us.software}'s"
        said, changed, answered = word("said"), word("changed"), word("answered")
        post = us.post(text=said)["post"]
        soon(f"{who} post arrives", lambda: them.got("Create", said))
        reply = them.reply(text=answered, in_reply_to=post)["post"]
        soon(f"{who} post is answered", lambda: us.got("Create", answered, post))
        us.edit(post=post, text=changed)
        soon(f"{who} edit arrives", lambda: them.got("Update", changed))
        like = them.like(post=post)["id"]
        soon(f"{who} post is liked", lambda: us.got("Like", post))
        them.unlike(post=post, activity=like)
        soon("the like is taken back", lambda: us.got_undo("Like", like))
        boost = them.announce(post=post)["id"]
        soon(f"{who} post is boosted", lambda: us.got("Announce", post))
        them.unannounce(post=post, activity=boost)
        soon("the boost is taken back", lambda: us.got_undo("Announce", boost))
        them.delete(post=reply)
        soon("the answer is deleted", lambda: us.got("Delete", reply))
        secret = word("secret")
        private = us.post(text=secret, audience="direct", mention=them.actor)["post"]
        soon(f"{who} direct post arrives", lambda: them.got("Create", secret))
        check("nobody reads it without signing", lambda: secret not in them.fetch_plain(url=private)["body"])
    for us in (a, b):
        check(f"{us.software} had no trouble", lambda: us.state()["errors"] == [])


# Comity with a peer


def get_to_know(comity: Comity, peer: Peer):
    comity.follow(peer.handle)
    soon("Alice follows the peer", lambda: comity.actor in peer.state()["followers"])
    soon("… and sees that she does", lambda: comity.find(peer.handle).form("/unfollow") is not None)
    peer.follow(actor=comity.actor)
    soon("the peer follows Alice, whose server accepts", lambda: comity.actor in peer.state()["following"])
    soon("… and Alice is told", lambda: comity.told_of(peer.handle) > 0)


def alice_writes(comity: Comity, peer: Peer) -> str:
    said, changed = word("said"), word("changed")
    comity.post(said)
    soon("Alice's post arrives", lambda: peer.got("Create", said))
    post = peer.got("Create", said)["object"]
    comity.edit(post, changed)
    soon("Alice's edit arrives", lambda: peer.got("Update", changed))

    answered = word("answered")
    reply = peer.reply(text=answered, in_reply_to=post)["post"]
    soon("the peer's answer stands in the conversation", lambda: any(answered in text for text in comity.conversation(post)))
    peer.delete(post=reply)
    soon("… until the peer deletes it", lambda: not any(answered in text for text in comity.conversation(post)))

    like = peer.like(post=post)["id"]
    soon("Alice is told of the peer's favourite", lambda: changed in comity.notifications())
    peer.unlike(post=post, activity=like)
    boost = peer.announce(post=post)["id"]
    peer.unannounce(post=post, activity=boost)

    doomed = word("doomed")
    comity.post(doomed)
    soon("another post of Alice's arrives", lambda: peer.got("Create", doomed))
    doomed_post = peer.got("Create", doomed)["object"]
    comity.delete(doomed_post)
    soon("… and its deletion", lambda: peer.got("Delete", doomed_post))
    check("… after which nobody can fetch it", lambda: peer.fetch(url=doomed_post, signature="draft-cavage")["status"] in (404, 410))
    return post


def the_peer_writes(comity: Comity, peer: Peer):
    said, changed = word("said"), word("changed")
    post = peer.post(text=said)["post"]
    soon("the peer's post is in Alice's home timeline", lambda: any(said in text for text in comity.home()))
    peer.edit(post=post, text=changed)
    soon("the peer's edit replaces it", lambda: any(changed in text for text in comity.home()))

    answered = word("answered")
    comity.reply(post, answered)
    soon("Alice's answer arrives", lambda: peer.got("Create", answered, post))

    comity.favourite(post)
    soon("Alice's favourite arrives", lambda: peer.got("Like", post))
    like = peer.got("Like", post)["id"]
    comity.unfavourite(post)
    soon("… and is taken back", lambda: peer.got_undo("Like", like))
    comity.boost(post)
    soon("Alice's boost arrives", lambda: peer.got("Announce", post))
    boost = peer.got("Announce", post)["id"]
    comity.unboost(post)
    soon("… and is taken back", lambda: peer.got_undo("Announce", boost))

    peer.delete(post=post)
    soon("the peer's deletion takes it away", lambda: not any(changed in text for text in comity.home()))


def what_is_private_stays_private(comity: Comity, peer: Peer, other: Peer):
    followers, direct, local = word("followers"), word("direct"), word("local")
    comity.post(followers, visibility="private")
    soon("a followers-only post reaches a follower", lambda: peer.got("Create", followers))
    post = peer.got("Create", followers)["object"]
    check("… who may fetch it by signing", lambda: followers in peer.fetch(url=post, signature="draft-cavage")["body"])
    check("… but nobody unsigned", lambda: followers not in peer.fetch_plain(url=post)["body"])
    comity.post(f"{peer.handle} {direct}", visibility="direct")
    soon("a direct post reaches the one it names", lambda: peer.got("Create", direct))
    comity.post(local, visibility="local")
    time.sleep(SETTLE_S)
    check("… and nobody else", lambda: other.got("Create", direct) is None)
    check("a post for the community alone reaches no other server", lambda: peer.got("Create", local) is None)


def they_part(comity: Comity, peer: Peer):
    comity.unfollow(peer.handle)
    soon("Alice stops following; the peer knows", lambda: comity.actor not in peer.state()["followers"])
    comity.follow(peer.handle)
    soon("… and starts again", lambda: comity.actor in peer.state()["followers"])


# The border


def refuse(comity: Comity, peer: Peer, bystander: Peer, known_post: str) -> str:
    """Sets the rule, looks for leaks, and answers with the rule's number."""
    print(f"\nComity refuses {peer.software} ({peer.domain})")
    rule = comity.rule_set(peer.domain, "refused")
    peer.forget()

    unseen, unheard, intruder, reply_in = word("unseen"), word("unheard"), word("intruder"), word("replyin")
    comity.post(unseen)
    soon("Alice's next post reaches the bystander", lambda: bystander.got("Create", unseen))
    post = bystander.got("Create", unseen)["object"]
    comity.edit(known_post, unheard)
    soon("… and so does her edit", lambda: bystander.got("Update", unheard))
    comity.find(peer.handle)
    comity.find(f"http://{peer.domain}/unknown")

    theirs = peer.post(text=intruder)["post"]
    notified = comity.told_of(peer.handle)
    peer.reply(text=reply_in, in_reply_to=known_post, author=comity.actor)
    peer.like(post=known_post, author=comity.actor)
    time.sleep(SETTLE_S)

    check("not one request of Comity's reached the refused server", lambda: peer.state()["requests"] == [])
    for address, secret in ((post, unseen), (known_post, unheard), (comity.actor, None)):
        for signature in ("draft-cavage",) if peer.software == "bovine" else ("rfc9421", "draft-cavage"):
            answer = peer.fetch(url=address, signature=signature)
            check(f"{address} signed ({signature}) is refused, like something that is not there", answer["status"] in (401, 403, 404))
            check("… and says nothing", secret is None or secret not in answer["body"])
        answer = peer.fetch_plain(url=address)
        check(f"{address} unsigned says nothing", secret is None or secret not in answer["body"])
    check("refusing it needed no request either", lambda: peer.state()["requests"] == [])

    for trace in (intruder, reply_in):
        check("what the refused server sent is on no page of Alice's", lambda: comity.shows_anywhere(trace) == [])
        check("… and in no file of the server's", lambda: not comity.keeps_anywhere(trace))
    check("no notification tells of it", lambda: comity.told_of(peer.handle) <= notified)
    check("looking its post up shows nothing", lambda: not any(intruder in text for text in comity.find(theirs).posts()))
    return rule


def take_back(comity: Comity, peer: Peer, rule: str):
    comity.rule_end(rule)
    again, welcome = word("again"), word("welcome")
    comity.post(again)
    soon("after the rule is gone Alice's posts arrive again: the follow was kept", lambda: peer.got("Create", again))
    peer.post(text=welcome)
    soon("… and the peer's are in her home timeline", lambda: any(welcome in text for text in comity.home()))


def comity_with_peers(binary: Path, home: Path, peers: list[Peer]):
    comity = Comity(binary, home)
    try:
        comity.start()
        comity.set_up()
        posts = {}
        for peer, other in zip(peers, reversed(peers)):
            print(f"\nComity and {peer.software}")
            get_to_know(comity, peer)
            posts[peer] = alice_writes(comity, peer)
            the_peer_writes(comity, peer)
            what_is_private_stays_private(comity, peer, other)
            they_part(comity, peer)
        for peer, bystander in zip(peers, reversed(peers)):
            rule = refuse(comity, peer, bystander, posts[peer])
            take_back(comity, peer, rule)
        for peer in peers:
            check(f"{peer.software} had no trouble", lambda: peer.state()["errors"] == [])
    finally:
        comity.stop()


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
