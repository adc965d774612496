"""Single posts: kept from a server, carried on by a neighbour, and asked back."""

import json
import re

from harness.check import check, soon
from harness.member import Member
from harness.steer import Peer
from scene import Scene, can_read, holds_none_of, is_bare, looks_absent, word


def kept_from(scene: Scene, whom: str):
    """One post of Alice's is kept from the peer, by its name or by a list; her next one is not."""
    alice, peer, other = scene.alice, scene.peer, scene.other
    said, post = scene.writes(alice, "kept", kept_from=whom)
    carried(scene, post, said)
    changed = word("changed")
    alice.edit(post, changed)
    soon(f"Alice's edit reaches {other.software}", lambda: other.got("Update", changed))
    alice.pin(post)
    soon("… and that it is pinned", lambda: other.got("Add", post))
    check("it is not in the list of pinned posts that the peer reads", lambda: post not in pinned(peer, alice) and post in pinned(other, alice))
    alice.delete(post)
    soon("… and its deletion", lambda: other.got("Delete", post))
    scene.all_has_arrived(alice)
    check("the peer was told of none of it", lambda: peer.got_any(post) == [])
    holds_none_of(peer, said, changed)


def pinned(peer: Peer, member: Member) -> list[str]:
    """The addresses in the list, as far as the peer may read it."""
    answer = peer.fetch(url=f"{member.actor}/featured", signature="draft-cavage")
    return re.findall(rf"{member.actor}/statuses/\d+", json.dumps(json.loads(answer["body"])["orderedItems"]))


def kept_from_one(scene: Scene):
    """Kept from one person, it is not brought to their server at all, where others can still come for it, each by name."""
    alice, peer = scene.alice, scene.peer
    (follow,) = peer.crowd(first=102, size=1, actor=alice.actor)["each"]
    soon("another on the peer follows Alice", lambda: peer.got("Accept", follow["id"]))
    said, post = scene.writes(alice, "kept", kept_from=f"@crowd-102@{peer.domain}")
    scene.all_has_arrived(alice)
    check("it was not brought to their server", lambda: peer.got_any(post) == [] and not peer.holds(said))
    looks_absent(peer, "to whom it is kept from, the post", post, by="crowd-102")
    can_read(peer, "it, as somebody else there,", post, said)


def author_refuses(scene: Scene):
    """Alice refuses the peer; Maren, whom it follows, does not, and carries none of Alice's words to it."""
    rule = scene.alice.rule_set(scene.peer.domain, "refused")
    said, post = scene.writes(scene.alice, "public")
    carried(scene, post, said)
    scene.alice.rule_end(rule)


def answerer_refuses(scene: Scene):
    """Maren refuses the peer, and answers a post of Alice's that it has: her answer is in no list that it reads."""
    alice, maren, peer, other = scene.alice, scene.maren, scene.peer, scene.other
    said, post = scene.writes(alice, "public")
    soon(f"… and {peer.software}", lambda: peer.got("Create", said))
    rule = maren.rule_set(peer.domain, "refused")
    answered = word("answered")
    maren.reply(post, answered)
    soon(f"Maren's answer to it reaches {other.software}", lambda: other.got("Create", answered))
    reply = other.got("Create", answered)["object"]
    replies = lambda reader: reader.fetch(url=f"{post}/replies?page=true", signature="draft-cavage")  # noqa: E731
    check("… which finds it among the answers", reply in replies(other)["body"])
    asked = replies(peer)
    check("the peer asks for the answers, and it is not among them", asked["status"] == 200 and reply not in asked["body"])
    looks_absent(peer, "Maren's answer", reply)
    scene.all_has_arrived(alice)
    check("… and came by no activity", lambda: peer.got_any(reply) == [])
    holds_none_of(peer, answered)
    maren.rule_end(rule)


def carried(scene: Scene, post: str, said: str):
    """What Maren does with a post that is not for the peer. Both peers follow her."""
    maren, peer, other = scene.maren, scene.peer, scene.other
    maren.boost(post)
    soon(f"Maren's boost of it reaches {other.software}", lambda: other.got("Announce", post))
    answered = word("answered")
    maren.reply(post, answered)
    soon("… and so does her answer to it", lambda: other.got("Create", answered))
    reply = other.got("Create", answered)["object"]
    scene.all_has_arrived(maren)
    check("the peer got no boost of it", lambda: peer.got("Announce", post) is None)
    check("… and no activity that so much as names it", lambda: peer.got_any(post) == [])
    looks_absent(peer, "the post", post)
    looks_absent(peer, "Maren's answer", reply)
    boost = other.got("Announce", post)["id"]
    looks_absent(peer, "Maren's boost", boost)
    maren.unboost(post)
    soon(f"the end of the boost reaches {other.software}", lambda: other.got_undo("Announce", boost))
    scene.all_has_arrived(maren)
    check("… and not the peer, which never had it", lambda: peer.got_any(boost) == [])
    holds_none_of(peer, said, answered)


def asked_back(scene: Scene):
    """Alice refuses a peer that has a copy, and deletes the post: it is asked to forget it, in no words of hers."""
    alice, peer, other = scene.alice, scene.peer, scene.other
    said, post = scene.writes(alice, "public")
    soon(f"… and {peer.software}", lambda: peer.got("Create", said))
    rule = alice.rule_set(peer.domain, "refused")
    unseen, unseen_post = scene.writes(alice, "public")
    alice.delete(post)
    alice.delete(unseen_post)
    soon("the peer, refused since it got the post, is asked to forget it", lambda: peer.got("Delete", post))
    soon(f"… and so is {other.software}, of both", lambda: other.got("Delete", post) and other.got("Delete", unseen_post))
    scene.all_has_arrived(scene.maren)
    told = peer.got("Delete", post)["activity"]
    check("… in a Delete that holds addresses and nothing else", lambda: is_bare(told))
    check("it hears nothing of the post that it never had", lambda: peer.got_any(unseen_post) == [])
    holds_none_of(peer, unseen)
    alice.rule_end(rule)


def asked_back_later(scene: Scene):
    """Alice refuses a peer that has a copy, and asks for it: the peer is told to delete it, and the post stays elsewhere."""
    alice, peer, other = scene.alice, scene.peer, scene.other
    said, post = scene.writes(alice, "public")
    soon(f"… and {peer.software}", lambda: peer.got("Create", said))
    rule = alice.rule_set(peer.domain, "refused", ask_back="true")
    soon("the peer is asked to delete what it holds", lambda: peer.got("Delete", post))
    told = peer.got("Delete", post)["activity"]
    check("… in a Delete that holds addresses and nothing else", lambda: is_bare(told))
    looks_absent(peer, "the post that stays", post)
    scene.all_has_arrived(scene.maren)
    check(f"{other.software} was asked for nothing", lambda: other.got("Delete", post) is None)
    can_read(other, "the post", post, said)
    alice.rule_end(rule)


def not_asked_back(scene: Scene):
    """Where the community refuses a server, not even that is said to it."""
    alice, peer, other = scene.alice, scene.peer, scene.other
    _, post = scene.writes(alice, "public")
    soon(f"… and {peer.software}", lambda: peer.got("Create", post))
    rule = scene.comity.rule_set(peer.domain, "refused")
    alice.delete(post)
    soon(f"{other.software} is asked to forget a post", lambda: other.got("Delete", post))
    scene.comity.rule_end(rule)
    scene.all_has_arrived(alice)
    check("the peer, with whom the community wants nothing to do, was told nothing", lambda: peer.got("Delete", post) is None)
