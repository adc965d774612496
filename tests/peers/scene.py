"""Who is in a scene, and the questions that every scene asks."""

import re
import secrets
from dataclasses import dataclass

from harness.check import check, soon
from harness.comity import Comity
from harness.member import Member
from harness.steer import Peer


def word(kind: str) -> str:
    """A word that is nowhere else, so that finding it proves where it came from."""
    return f"{kind}{secrets.token_hex(5)}"


@dataclass
class Scene:
    """`peer` is whom the scene is about; `other`, to whom nothing is done, gets everything. Each follows both members
    and is followed by Alice, once they know each other."""

    comity: Comity
    alice: Member
    maren: Member
    peer: Peer
    other: Peer
    follow: str = ""  # the peer's of Alice, by its id
    known_post: str = ""  # by Alice; the peer has it

    def follows(self, member: Member) -> str:
        """The peer follows somebody who lets everybody do so; the number of the follow."""
        follow = self.peer.follow(actor=member.actor)["id"]
        soon(f"{self.peer.software} follows {member.called}, whose server accepts", lambda: self.peer.got("Accept", follow))
        return follow

    def writes(self, member: Member, kind: str, **how: str) -> tuple[str, str]:
        """Something that the other peer is seen to get; the word in it, and its address."""
        said, post = self.writes_alone(member, kind, **how)
        soon(f"{member.called}'s {kind} post reaches {self.other.software}", lambda: self.other.got("Create", said)["object"] == post)
        return said, post

    def writes_alone(self, member: Member, kind: str, **how: str) -> tuple[str, str]:
        said = word(kind)
        member.post(said, **how)
        return said, member.address_of(said)

    def all_has_arrived(self, member: Member):
        """Deliveries to one server go one after the other. When what `member` says last has come to the peer, what was
        sent before has."""
        last = word("last")
        member.post(last)
        soon(f"{member.called}'s next post reaches {self.peer.software}", lambda: self.peer.got("Create", last))

    def all_was_read(self):
        """What one person sends is carried out in order. When Maren knows of what the peer said last, all of it was."""
        last = word("last")
        self.peer.post(text=last, audience="direct", mention=self.maren.actor)
        soon(f"what {self.peer.software} sends to Maren comes in", lambda: last in self.maren.notifications())


def holds_none_of(peer: Peer, *words: str):
    held = [one for one in words if peer.holds(one)]
    check(f"{peer.software} holds nothing of it, by push or by fetch", held == [])


def beside(address: str) -> str:
    """An address like this one, of something that never was."""
    number = re.search(r"(\d+)$", address)
    if number is None:
        return re.sub(r"/users/\w+", "/users/nobody", address)
    return address[: number.start()] + str(int(number.group(1)) + 1)


def looks_absent(peer: Peer, what: str, address: str, **who: str):
    """To this peer `address` is answered like what is not there: status, headers and body (boundaries L29)."""
    for signature in peer.signatures:
        asked, nothing = (peer.fetch(url=url, signature=signature, **who) for url in (address, beside(address)))
        check(f"{what}, fetched by {signature}, is not there", asked["status"] == 404)
        check("… answered to the letter like what never was", without_clock(asked) == without_clock(nothing))


def without_clock(answer: dict) -> dict:
    headers = {name: value for name, value in answer["headers"].items() if name != "date"}
    return answer | {"headers": headers}


def can_read(peer: Peer, what: str, address: str, said: str):
    answer = peer.fetch(url=address, signature="draft-cavage")
    check(f"{peer.software} reads {what} by a signed fetch", answer["status"] == 200 and said in answer["body"])


def is_bare(delete: dict) -> bool:
    """Nothing but what names the activity, its maker, whom it is for and what is gone."""
    thing = delete["object"]
    bare_thing = isinstance(thing, str) or set(thing) <= {"id", "type"}
    return bare_thing and set(delete) <= {"@context", "id", "type", "actor", "object", "to", "cc"}
