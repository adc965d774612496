"""Comity with a peer, as neighbours that get along: what each writes, does and keeps to itself."""

import functools
import hashlib
import json
import operator
import re

from harness.check import check, soon
from harness.steer import Peer
from scene import Scene, can_read, holds_none_of, word


def get_to_know(scene: Scene):
    alice, peer = scene.alice, scene.peer
    alice.follow(peer.handle)
    soon("Alice follows the peer", lambda: alice.actor in peer.state()["followers"])
    soon("… and sees that she does", lambda: alice.find(peer.handle).form("/unfollow") is not None)
    scene.follow = scene.follows(alice)
    soon("… and the peer counts it", lambda: alice.actor in peer.state()["following"])
    soon("… and Alice is told", lambda: alice.told_of(peer.handle) > 0)


def alice_writes(scene: Scene) -> str:
    alice, peer = scene.alice, scene.peer
    said, changed = word("said"), word("changed")
    alice.post(said)
    soon("Alice's post arrives", lambda: peer.got("Create", said))
    post = peer.got("Create", said)["object"]
    alice.edit(post, changed)
    soon("Alice's edit arrives", lambda: peer.got("Update", changed))

    answered = word("answered")
    reply = peer.reply(text=answered, in_reply_to=post)["post"]
    soon("the peer's answer stands in the conversation", lambda: any(answered in text for text in alice.conversation(post)))
    peer.delete(post=reply)
    soon("… until the peer deletes it", lambda: not any(answered in text for text in alice.conversation(post)))

    like = peer.like(post=post)["id"]
    soon("Alice is told of the peer's favourite", lambda: changed in alice.notifications())
    peer.unlike(post=post, activity=like)
    boost = peer.announce(post=post)["id"]
    peer.unannounce(post=post, activity=boost)

    doomed = word("doomed")
    alice.post(doomed)
    soon("another post of Alice's arrives", lambda: peer.got("Create", doomed))
    doomed_post = peer.got("Create", doomed)["object"]
    alice.delete(doomed_post)
    soon("… and its deletion", lambda: peer.got("Delete", doomed_post))
    check("… after which nobody can fetch it", lambda: peer.fetch(url=doomed_post, signature="draft-cavage")["status"] in (404, 410))
    return post


def the_peer_writes(scene: Scene):
    alice, peer = scene.alice, scene.peer
    said, changed = word("said"), word("changed")
    post = peer.post(text=said)["post"]
    soon("the peer's post is in Alice's home timeline", lambda: any(said in text for text in alice.home()))
    peer.edit(post=post, text=changed)
    soon("the peer's edit replaces it", lambda: any(changed in text for text in alice.home()))

    answered = word("answered")
    alice.reply(post, answered)
    soon("Alice's answer arrives", lambda: peer.got("Create", answered, post))

    alice.favourite(post)
    soon("Alice's favourite arrives", lambda: peer.got("Like", post))
    like = peer.got("Like", post)["id"]
    alice.unfavourite(post)
    soon("… and is taken back", lambda: peer.got_undo("Like", like))
    alice.boost(post)
    soon("Alice's boost arrives", lambda: peer.got("Announce", post))
    boost = peer.got("Announce", post)["id"]
    alice.unboost(post)
    soon("… and is taken back", lambda: peer.got_undo("Announce", boost))

    peer.delete(post=post)
    soon("the peer's deletion takes it away", lambda: not any(changed in text for text in alice.home()))


def what_is_private_stays_private(scene: Scene):
    alice, peer, other = scene.alice, scene.peer, scene.other
    followers, post = scene.writes(alice, "private", visibility="private")
    soon("a followers-only post reaches a follower", lambda: peer.got("Create", followers))
    can_read(peer, "it as well", post, followers)
    check("… but nobody unsigned does", lambda: followers not in peer.fetch_plain(url=post)["body"])
    direct, local = word("direct"), word("local")
    alice.post(f"{peer.handle} {direct}", visibility="direct")
    soon("a direct post reaches the one it names", lambda: peer.got("Create", direct))
    alice.post(local, visibility="local")
    scene.all_has_arrived(alice)
    holds_none_of(peer, local)
    last = word("last")
    alice.post(last)
    soon("Alice's next post reaches the other", lambda: other.got("Create", last))
    holds_none_of(other, direct, local)


def who_follows_is_told_to_their_server(scene: Scene):
    """FEP-8fcf, as the peer gets it: with what is for followers, and with nothing else."""
    alice, peer = scene.alice, scene.peer
    peer.forget()
    said = word("private")
    alice.post(said, visibility="private")
    soon("a followers-only post reaches the follower", lambda: peer.got("Create", said))
    (told,) = synchronization(peer)
    if not check("… with a Collection-Synchronization header", told is not None):
        return
    check("… whose digest is of this follower alone", told["digest"] == digest_of(peer.actor))
    check("… and which names Alice's followers", told["collectionId"] == f"{alice.actor}/followers")
    answer = peer.fetch(url=told["url"], signature="draft-cavage")
    check("the list that it links to names this follower alone", lambda: json.loads(answer["body"])["orderedItems"] == [peer.actor])
    peer.forget()
    scene.all_has_arrived(alice)
    check("a public post says nothing of followers", synchronization(peer) == [None])


def synchronization(peer: Peer) -> list[dict | None]:
    """What each delivery since the peer last forgot said of followers."""
    headers = [one["synchronization"] for one in peer.state()["requests"] if one["method"] == "POST" and one["status"] < 300]
    return [dict(re.findall(r'(\w+)="([^"]*)"', header)) if header else None for header in headers]


def digest_of(*followers: str) -> str:
    digests = (int.from_bytes(hashlib.sha256(follower.encode()).digest()) for follower in followers)
    return f"{functools.reduce(operator.xor, digests):064x}"


def they_part(scene: Scene):
    alice, peer = scene.alice, scene.peer
    alice.unfollow(peer.handle)
    soon("Alice stops following; the peer knows", lambda: alice.actor not in peer.state()["followers"])
    alice.follow(peer.handle)
    soon("… and starts again", lambda: alice.actor in peer.state()["followers"])
