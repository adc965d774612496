"""Who may answer, as other servers read it, and the yes and no that they get to what they answer."""

import json

from harness.check import check, soon
from scene import Scene, holds_none_of, looks_absent, word

PUBLIC = "https://www.w3.org/ns/activitystreams#Public"


def who_may_answer_is_told(scene: Scene):
    """`interactionPolicy` in the Note, as the peer's own library parses it. bovine keeps it as JSON and reads nothing in it."""
    alice, peer = scene.alice, scene.peer
    followers = f"{alice.actor}/followers"
    said = {}
    for choice, freely, asking in (
        ("everyone", None, None),
        ("followers", {followers}, set()),
        ("asking", set(), {PUBLIC}),
        ("nobody", set(), set()),
    ):
        said[choice], _ = scene.writes_alone(alice, choice, answers=choice)
        soon(f"a post arrives to which {choice} may answer", lambda: peer.got("Create", said[choice]))
        told = understood(peer.got("Create", said[choice]))
        if freely is None:
            check("… and says nothing of it", told is None)
        else:
            check("… and says so", told is not None and told[0] - {alice.actor} == freely and told[1] == asking)


def understood(received: dict) -> tuple[set[str], set[str]] | None:
    """Who may answer freely, and who by a yes."""
    if "answers" in received:  # Fedify has read it
        read = received["answers"]
        return read and (set(read["freely"]), set(read["asking"]))
    note = received["activity"]["object"]
    policy = note.get("interactionPolicy", {}).get("canReply")
    if policy is None:
        return None
    several = lambda value: set(value if isinstance(value, list) else [value])  # noqa: E731
    return several(policy.get("automaticApproval", [])), several(policy.get("manualApproval", []))


def an_answer_waits(scene: Scene, ask):
    """`ask` is how the peer answers: by a plain Create, or by asking first."""
    alice, maren, peer, other = scene.alice, scene.maren, scene.peer, scene.other
    _, post = scene.writes(alice, "asking", answers="asking")
    soon(f"… and {peer.software}", lambda: peer.got("Create", post))
    answered = word("answered")
    reply = ask(text=answered, in_reply_to=post, author=alice.actor)["post"]
    soon("the answer waits for Alice", lambda: answered in alice.waiting())
    check("nobody else sees it", lambda: not any(answered in text for text in maren.conversation(post)))
    scene.all_has_arrived(alice)
    check("… and it was answered by nothing so far", lambda: peer.got_any(reply) == [])

    alice.answer_contact(peer.handle, "let-in")
    soon("Alice says yes, and the peer gets an Accept", lambda: peer.got("Accept", reply))
    accept = peer.got("Accept", reply)["activity"]
    soon("the answer stands in the conversation", lambda: any(answered in text for text in maren.conversation(post)))
    stamp = accept.get("result")
    check("the Accept brings a stamp", stamp is not None)
    answer = peer.fetch(url=stamp, signature="draft-cavage")
    check("the peer fetches the stamp", answer["status"] == 200)
    said = json.loads(answer["body"])
    wanted = {"type": "ReplyAuthorization", "id": stamp, "attributedTo": alice.actor, "interactingObject": reply, "interactionTarget": post}
    check("… which says whose yes it is, to what, about what, and nothing else", {**said, "@context": None} == {**wanted, "@context": None})
    check("a third server reads it, too", other.fetch(url=stamp, signature="draft-cavage")["status"] == 200)

    alice.take_out(reply, post)
    soon("Alice takes the answer out, and the peer gets a Reject", lambda: peer.got("Reject", reply))
    soon(f"… and so does {other.software}, which has the post", lambda: other.got("Reject", reply))
    for told in (peer.got("Reject", reply), other.got("Reject", reply)):
        check("… with none of its words", answered not in json.dumps(told))
    looks_absent(peer, "the stamp", stamp)
    check("nobody sees the answer under the post any more", lambda: not any(answered in text for text in maren.conversation(post)))
    holds_none_of(other, answered)


def asked_by_request(scene: Scene):
    """Fedify's own ReplyRequest: it brings no answer, which is fetched from its origin."""
    alice, peer = scene.alice, scene.peer
    an_answer_waits(scene, peer.ask)

    said = word("named")
    alice.post(f"{peer.handle} {said}", answers="mentioned")
    soon("a post that names the peer arrives", lambda: peer.got("Create", said))
    asked = peer.ask(text=word("answered"), in_reply_to=alice.address_of(said), author=alice.actor)
    soon("whom it names is let at once, by an Accept of their request", lambda: asked["id"] in json.dumps(peer.got("Accept", asked["post"])["activity"]["object"]))

    _, post = scene.writes(alice, "closed", answers="nobody")
    answered = word("answered")
    asked = peer.ask(text=answered, in_reply_to=post, author=alice.actor)
    soon("where nobody may answer, the request is rejected", lambda: asked["id"] in json.dumps(peer.got("Reject", asked["post"])["activity"]["object"]))
    check("… and the answer was not even fetched", lambda: not any(asked["post"].endswith(one["path"]) for one in peer.state()["requests"]))
    check("… nor kept", lambda: not scene.comity.keeps(answered))


def turned_down(scene: Scene):
    alice, peer = scene.alice, scene.peer
    _, post = scene.writes(alice, "asking", answers="asking")
    soon(f"… and {peer.software}", lambda: peer.got("Create", post))
    reply = peer.reply(text=word("answered"), in_reply_to=post, author=alice.actor)["post"]
    soon("another answer waits", lambda: peer.handle.split("@")[1] in alice.waiting().lower())
    alice.answer_contact(peer.handle, "dismiss")
    soon("Alice says no, and the peer gets a Reject", lambda: peer.got("Reject", reply))
    scene.all_has_arrived(alice)
    check("… and no Accept", lambda: peer.got("Accept", reply) is None)


def we_keep_to_theirs(scene: Scene):
    """The peer asks to be asked: Alice's answer goes to it alone, and to everybody once it said yes."""
    alice, peer, other = scene.alice, scene.peer, scene.other
    question = word("question")
    post = peer.post(text=question, asking=True)["post"]
    soon("a post to which answers need a yes comes in", lambda: any(question in text for text in alice.home()))
    answered = word("answered")
    alice.reply(post, answered)
    soon("Alice's answer arrives where it is asked about", lambda: peer.got("Create", answered))
    scene.all_has_arrived(alice)
    last = word("last")
    alice.post(last)
    soon("Alice's next post reaches the other", lambda: other.got("Create", last))
    holds_none_of(other, answered)
    reply = peer.got("Create", answered)["object"]
    stamp = peer.approve(reply=reply, post=post, author=alice.actor)["stamp"]
    soon("the peer says yes, and the answer goes to everybody", lambda: other.got("Create", answered))
    told = other.got("Create", answered)["activity"]["object"]
    check("… with the stamp that the peer gave", stamp in (told.get("replyAuthorization"), told.get("approvedBy")))
