"""One person on a server of their own, built on bovine: a second federation peer that nobody of Comity wrote.

    peer.py PORT [NAME]

bovine_herd, bovine_process and bovine_store are a whole server: they verify signatures, route inboxes, store what
arrives, keep followers, sign and deliver. This file says what the person has, accepts their followers, and lets a
test steer them by `POST /control` (see ../README.md). The person is known as NAME@localhost:PORT, over plain http.

bovine differs from the Fedify peer in ways worth having: it shows its actor and posts to signed requests only, signs by
draft-cavage alone, understands RFC 9421 only without `@query` and `@target-uri` (and answers 401, so that the sender must
knock again), delivers to each person's inbox, and reads everything as JSON-LD.
"""

import asyncio
import atexit
import copy
import logging
import os
import shutil
import sys
import tempfile
from pathlib import Path

# bovine keeps a cache of JSON-LD contexts in the current directory, as soon as it is imported.
home = tempfile.mkdtemp(prefix="comity-peer-bovine-")
os.chdir(home)
atexit.register(shutil.rmtree, home, ignore_errors=True)

import aiohttp  # noqa: E402
from ap.linked_data.contexts import SCHEMA_DEFINITIONS  # noqa: E402
from bovine.jsonld import jsonld_cache  # noqa: E402
from bovine.utils import now_isoformat  # noqa: E402
from bovine_herd import BovineHerd  # noqa: E402
from bovine_process import handle_outbox_item, process_inbox_item, process_outbox_item  # noqa: E402
from bovine_process.types import ProcessingItem  # noqa: E402
from bovine_store import BovineAdminStore  # noqa: E402
from bovine_store.store.collection import collection_all  # noqa: E402
from bovine_store.types import EndpointType  # noqa: E402
from quart import Quart, g, jsonify, request  # noqa: E402

PUBLIC = "https://www.w3.org/ns/activitystreams#Public"
# Contexts are never fetched: without these bovine would ask the world for them, and read actors as having no key.
CONTEXTS = [
    "w3id.org/identity/v1",
    "w3id.org/security/v1",
    "www.w3.org/ns/did/v1",
    "w3id.org/security/multikey/v1",
    "w3id.org/security/data-integrity/v1",
]
OTHER_CONTEXTS = ["https://gotosocial.org/ns", "https://purl.archive.org/socialweb/webfinger"]


class Bob:
    """The person: bovine's actor, and what a test may ask about it."""

    def __init__(self, port: int, name: str):
        self.name = name
        self.origin = f"http://localhost:{port}"
        self.handle = f"@{name}@localhost:{port}"
        self.actor = None  # a BovineStoreActor once the server runs
        self.posts = {}  # id → note as it was last sent
        self.sent = {}  # id → activity
        self.received = []  # activities whose signature bovine verified, oldest first
        self.requests = []  # every request that reached us, apart from /control
        self.asked = []  # every request that bovine made, with its answer's status
        self.errors = []
        self.copies = []  # every body that reached us, verified or not, asked for or not; `forget` leaves them

    @property
    def id(self) -> str:
        return self.actor.actor_id

    @property
    def followers(self) -> str:
        return self.actor.actor_object.followers

    async def register(self, session: aiohttp.ClientSession):
        path = f"{self.origin}/endpoints/{self.name}"
        endpoints = {kind: f"{path}-{kind.value.lower()}" for kind in EndpointType} | {EndpointType.ACTOR: path}
        store = BovineAdminStore(domain=self.origin)
        bovine_name = await store.register(self.name, endpoints=endpoints)
        await store.set_properties_for_actor(bovine_name, {"name": "Bob Bovine", "type": "Person", "summary": "<p>A peer on bovine.</p>"})
        self.actor = await store.actor_for_name(bovine_name)
        await self.actor.init(session=session)

    # What comes in

    async def take_in(self, item: ProcessingItem):
        """bovine's own inbox processing; then we accept whoever follows, which bovine leaves to its user."""
        self.received.append(
            {
                "type": item.data.get("type"),
                "id": item.data.get("id"),
                "actor": item.data.get("actor"),
                "object": id_of(item.data.get("object")),
                "activity": copy.deepcopy(item.data),
            }
        )
        follow = copy.deepcopy(item.data)
        try:
            await process_inbox_item(item, self.actor)
        except Exception as error:  # the test reads it
            self.errors.append(repr(error))
        if follow.get("type") == "Follow":
            follow.pop("@context", None)
            await self.send("Accept", follow, to=[follow["actor"]])

    # What goes out

    async def send(self, kind: str, thing: dict | str, to: list[str], cc: list[str] = (), sent_out: bool = True) -> dict:
        """Hands an activity to bovine's outbox, which gives it an id, stores it, acts on it and delivers it, or does not."""
        activity = {
            "@context": "https://www.w3.org/ns/activitystreams",
            "type": kind,
            "actor": self.id,
            "object": thing,
            "to": list(to),
            "cc": list(cc),
            "published": now_isoformat(),
        }
        before = len(self.asked)
        item = await handle_outbox_item(ProcessingItem(self.id, activity), self.actor)
        # A copy, because delivery rewrites it with a context of its own.
        self.sent[item.data["id"]] = sent = copy.deepcopy(item.data)
        if sent_out:
            await process_outbox_item(item, self.actor)
        deliveries = [asked for asked in self.asked[before:] if asked["method"] == "POST"]
        refused = [asked for asked in deliveries if not 200 <= asked["status"] < 300]
        return {"id": sent["id"], "delivered": len(deliveries) - len(refused), "error": str(refused) if refused else None}

    def audience(self, name: str, people: list[str]) -> tuple[list[str], list[str]]:
        return {
            "public": ([PUBLIC], [self.followers, *people]),
            "followers": ([self.followers], people),
            "direct": (people, []),
        }[name]

    async def author_of(self, post: str, author: str | None = None) -> str:
        """`author` if the test names them, so that a post can be answered which may no longer be fetched."""
        if author:
            return author
        found = await self.actor.retrieve(post)
        if found is None:
            raise LookupError(f"{post} was not found")
        return id_of(found["attributedTo"])

    async def write(self, text, audience="public", mention=None, in_reply_to=None, author=None, summary=None, sent=True) -> dict:
        people = [mention] if mention else []
        if in_reply_to:
            people.append(await self.author_of(in_reply_to, author))
        to, cc = self.audience(audience, people)
        note = {
            "type": "Note",
            "attributedTo": self.id,
            "content": f"<p>{text}</p>",
            "to": to,
            "cc": cc,
            "tag": [{"type": "Mention", "href": person} for person in people],
            "published": now_isoformat(),
        }
        if in_reply_to:
            note["inReplyTo"] = in_reply_to
        if summary:
            note |= {"summary": summary, "sensitive": True}
        report = await self.send("Create", note, to, cc, sent_out=sent)
        sent = self.sent[report["id"]]["object"]
        self.posts[sent["id"]] = sent
        return {**report, "post": sent["id"]}

    async def edit(self, post, text):
        note = {**self.posts[post], "content": f"<p>{text}</p>", "updated": now_isoformat()}
        self.posts[post] = note
        return await self.send("Update", note, note["to"], note.get("cc", []))

    async def delete(self, post):
        note = self.posts.pop(post)
        return await self.send("Delete", post, note["to"], note.get("cc", []))

    async def undo(self, activity):
        sent = self.sent[activity]
        undone = {key: sent[key] for key in ("id", "type", "actor", "object")}
        return await self.send("Undo", undone, sent["to"], sent.get("cc", []))

    async def follow(self, actor):
        return await self.send("Follow", actor, to=[actor])

    async def unfollow(self, actor, follow):
        return await self.undo(follow)

    async def like(self, post, author=None):
        return await self.send("Like", post, to=[await self.author_of(post, author)])

    async def unlike(self, post, activity, author=None):
        return await self.undo(activity)

    async def announce(self, post, author=None):
        return await self.send("Announce", post, to=[PUBLIC], cc=[self.followers, await self.author_of(post, author)])

    async def unannounce(self, post, activity, author=None):
        return await self.undo(activity)

    async def fetch(self, url, signature="draft-cavage"):
        if signature != "draft-cavage":
            raise ValueError("bovine signs by draft-cavage only")
        return await self.answer_of(await self.actor.client.get(url))

    async def fetch_plain(self, url):
        headers = {"accept": "application/activity+json"}
        return await self.answer_of(await self.actor.session.get(url, headers=headers, allow_redirects=False))

    async def answer_of(self, response: aiohttp.ClientResponse) -> dict:
        body = await response.text()
        self.copies.append(body)
        headers = {name.lower(): value for name, value in response.headers.items()}
        return {"status": response.status, "headers": headers, "body": body}

    async def holds(self, word):
        """Whether the word is in what reached us, or in any file of bovine's store."""
        stored = (path.read_bytes() for path in Path(home).glob("bovine.sqlite3*"))
        return {"holds": any(word in copy for copy in self.copies) or any(word.encode() in file for file in stored)}

    async def forget(self):
        for log in (self.received, self.requests, self.asked, self.errors):
            log.clear()
        return {}

    async def state(self) -> dict:
        return {
            "name": self.name,
            "handle": self.handle,
            "actor": self.id,
            "software": "bovine",
            "followers": await collection_all(self.id, self.followers),
            "following": await collection_all(self.id, self.actor.actor_object.following),
            "received": self.received,
            "requests": self.requests,
            "asked": self.asked,
            "errors": self.errors,
        }

    @property
    def verbs(self) -> dict:
        return {
            "follow": self.follow,
            "unfollow": self.unfollow,
            "post": self.write,
            "reply": self.write,
            "edit": self.edit,
            "delete": self.delete,
            "like": self.like,
            "unlike": self.unlike,
            "announce": self.announce,
            "unannounce": self.unannounce,
            "fetch": self.fetch,
            "fetch_plain": self.fetch_plain,
            "holds": self.holds,
            "forget": self.forget,
        }


def id_of(thing):
    return thing.get("id") if isinstance(thing, dict) else thing


def recording_session(asked: list) -> aiohttp.ClientSession:
    """A session that remembers every request: bovine only logs what became of a delivery."""

    async def on_end(_session, _context, end: aiohttp.TraceRequestEndParams):
        asked.append({"method": end.method, "url": str(end.url), "status": end.response.status})

    async def on_failure(_session, _context, failed: aiohttp.TraceRequestExceptionParams):
        asked.append({"method": failed.method, "url": str(failed.url), "status": 0, "error": repr(failed.exception)})

    trace = aiohttp.TraceConfig()
    trace.on_request_end.append(on_end)
    trace.on_request_exception.append(on_failure)
    return aiohttp.ClientSession(trace_configs=[trace])


def build(bob: Bob) -> Quart:
    app = Quart("peer")

    async def start_inbox(item, _actor):
        app.add_background_task(bob.take_in, item)

    BovineHerd(app, start_background_task_inbox=start_inbox, db_url=f"sqlite://{home}/bovine.sqlite3")

    @app.before_serving
    async def move_in():
        await bob.register(app.config["session"])
        print(f"ready: {bob.handle}", flush=True)

    @app.after_request
    async def write_down(response):
        if request.path != "/control":
            bob.copies.append(await request.get_data(as_text=True))
            kind = "rfc9421" if "signature-input" in request.headers else "draft-cavage" if "signature" in request.headers else "none"
            bob.requests.append(
                {
                    "method": request.method,
                    "path": request.full_path.rstrip("?"),
                    "status": response.status_code,
                    "signature": kind,
                    "verified": g.get("retriever"),
                    "synchronization": request.headers.get("collection-synchronization"),
                    "agent": request.headers.get("user-agent", ""),
                }
            )
        return response

    @app.get("/control")
    async def say():
        return jsonify(await bob.state())

    @app.post("/control")
    async def steer():
        how = await request.get_json(force=True)
        verb = how.pop("do", None)
        if verb not in bob.verbs:
            return {"error": f"no verb called {verb}; there are {', '.join(bob.verbs)}"}, 500
        try:
            return jsonify(await bob.verbs[verb](**how))
        except Exception as error:
            logging.exception(error)
            return {"error": repr(error)}, 500

    return app


async def main():
    port, name = int(sys.argv[1]), sys.argv[2] if len(sys.argv) > 2 else "bob"
    for context in CONTEXTS:
        jsonld_cache.add(f"https://{context}", SCHEMA_DEFINITIONS[context]["document"]["@context"])
    for context in OTHER_CONTEXTS:
        jsonld_cache.add(context, {})
    bob = Bob(port, name)
    app = build(bob)
    # Must exist before bovine makes its own, and aiohttp wants a running loop for it.
    app.config["session"] = recording_session(bob.asked)
    await app.run_task(host="127.0.0.1", port=port)


logging.basicConfig(level=os.environ.get("PEER_LOG", "WARNING"))
asyncio.run(main())
