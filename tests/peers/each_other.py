"""The peers with each other: that they are sound judges."""

from harness.check import check, soon
from harness.steer import Peer
from scene import word


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
