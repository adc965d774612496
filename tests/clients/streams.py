"""What comes by itself: streams over server-sent events and over a websocket, and pushes to a phone's relay."""

import contextlib
import json
import queue
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import requests
from harness.steer import PATIENCE_S
from mastodon import Mastodon, MastodonNotFoundError, StreamListener
from mastodon_py import SOON_S, Scene
from signing_in import raises
from story import Story
from town import Town

# A stream is open this long after it was asked for, at the latest.
OPEN_S = 2


def tell(town: Town, story: Story):
    scene = Scene(town, story)
    scene.alice.account_follow(scene.bodil_id)
    for chapter in (one_stream, everybodys, websocket, ends, pushes):
        story.begin(chapter)
        chapter(scene)


class Heard(StreamListener):
    """Everything that a stream brought."""

    def __init__(self):
        self.events: list[tuple[str, object]] = []
        self.handle = None

    def on_any_event(self, name, data=None, for_stream=None):
        self.events.append((name, data))

    def has_ended(self) -> bool:
        return self.handle is not None and not self.handle.is_alive()

    def ids(self, name: str) -> list:
        """Of posts, or of whatever else the events of this name carry."""
        return [getattr(data, "id", data) for called, data in self.events if called == name]


@contextlib.contextmanager
def listening(open_stream, *what, **how):
    """Listens to a stream while the block runs; hands out a listener that hears nothing if there is no stream."""
    heard = Heard()
    try:
        heard.handle = open_stream(*what, heard, run_async=True, timeout=PATIENCE_S, **how)
        threading.Event().wait(OPEN_S)
    except Exception as error:  # then nothing is heard, and the checks say so
        print(f"    no stream: {error}")
    try:
        yield heard
    finally:
        if heard.handle is not None:
            heard.handle.close()


def one_stream(s: Scene):
    s.check("streams are healthy", lambda: s.anybody.stream_healthy() is True)
    with listening(s.alice.stream_user) as heard, listening(s.alice.stream_direct) as private, listening(s.chidi.stream_user) as elsewhere:
        news = s.bodil.status_post("Ahoy")
        s.check("a post of somebody followed comes", lambda: news.id in heard.ids("update"), within_s=SOON_S)
        mention = s.bodil.status_post("@alice are you there")
        s.check("a notification comes", lambda: mention.id in [note.status.id for name, note in heard.events if name == "notification"], within_s=SOON_S)
        s.bodil.status_update(news.id, "Ahoy again")
        s.check("a change comes", lambda: news.id in heard.ids("status.update"), within_s=SOON_S)
        s.bodil.status_delete(news.id)
        s.check("a deletion comes", lambda: news.id in heard.ids("delete"), within_s=SOON_S)
        s.bodil.status_post("@alice the code is 4711", visibility="direct")
        s.check("a word in private comes as a conversation", lambda: private.ids("conversation"), within_s=SOON_S)
        own = s.chidi.status_post("Only mine")
        s.check("one's own post comes", lambda: own.id in elsewhere.ids("update"), within_s=SOON_S)
        s.check("… and nothing of people one does not follow", lambda: elsewhere.ids("update") and not {news.id, mention.id} & set(elsewhere.ids("update")))
        s.check("… nor what is private between others", lambda: elsewhere.ids("update") and not elsewhere.ids("conversation") and not elsewhere.ids("notification"))


def everybodys(s: Scene):
    with listening(s.chidi.stream_local) as local, listening(s.chidi.stream_hashtag, "fog") as tagged, listening(s.alice.stream_user_notifications) as notes:
        fog = s.bodil.status_post("Nothing to be seen #fog")
        s.check("the community's stream has what is public", lambda: fog.id in local.ids("update"), within_s=SOON_S)
        s.check("a tag's stream has what carries it", lambda: tagged.ids("update") == [fog.id], within_s=SOON_S)
        kept = s.bodil.status_post("For followers #fog", visibility="private")
        later = s.bodil.status_post("@alice lifted")
        s.check("… and what is for followers is in neither", lambda: later.id in local.ids("update") and kept.id not in local.ids("update") + tagged.ids("update"), within_s=SOON_S)
        s.check("the stream of notifications has nothing else", lambda: later.id in [note.status.id for name, note in notes.events if name == "notification"] and not notes.ids("update"), within_s=SOON_S)


def websocket(s: Scene):
    heard, handle = Heard(), None
    with contextlib.ExitStack() as closing:
        with contextlib.suppress(Exception):
            handle = s.alice.stream_open_websocket(timeout=PATIENCE_S)
            closing.callback(handle.close)
        s.check("a websocket opens", handle is not None)
        s.check("… and takes more than one stream", lambda: handle.subscribe("user", listener=heard) and handle.subscribe("hashtag", listener=heard, tag="dawn"))
        threading.Event().wait(OPEN_S if handle else 0)
        dawn = s.chidi.status_post("Red sky #dawn")
        news = s.bodil.status_post("Up already")
        s.check("… and brings what each has", lambda: {dawn.id, news.id} <= set(heard.ids("update")), within_s=SOON_S)


def ends(s: Scene):
    app = s.town.register("Lost phone")
    phone = Mastodon(app.client_id, app.client_secret, s.town.token(app, s.town.people[0]), s.town.url, request_timeout=PATIENCE_S)
    with listening(phone.stream_user) as heard:
        before = s.bodil.status_post("Before")
        s.check("a stream runs as long as its token is good", lambda: before.id in heard.ids("update"), within_s=SOON_S)
        phone.revoke_access_token(allow_http=True)
        after = s.bodil.status_post("After")
        s.check("… and ends when it is revoked", lambda: before.id in heard.ids("update") and heard.has_ended() and after.id not in heard.ids("update"), within_s=SOON_S)
    s.check("nobody listens to a member's stream without a token", lambda: requests.get(f"{s.town.url}/api/v1/streaming/user", timeout=PATIENCE_S, stream=True).status_code == 401)


class Relay:
    """Where a phone's pushes arrive."""

    def __init__(self):
        self.got: queue.Queue = queue.Queue()
        got = self.got

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                got.put((dict(self.headers), self.rfile.read(int(self.headers["content-length"]))))
                self.send_response(201)
                self.end_headers()

            def log_message(self, *_):
                pass

        self._server = HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://localhost:{self._server.server_port}/push"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self):
        self._server.shutdown()


def pushes(s: Scene):
    relay = Relay()
    ours, theirs = s.alice.push_subscription_generate_keys()
    s.check("who has no subscription is told so", lambda: raises(MastodonNotFoundError, s.alice.push_subscription))
    made = s.check("a phone subscribes", lambda: s.alice.push_subscription_set(relay.url, theirs, mention_events=True, follow_events=False))
    s.check("… and finds it", lambda: (lambda one: (one.id, one.endpoint, one.alerts.mention))(s.alice.push_subscription()) == (made.id, relay.url, True))
    s.check("… with the key that signs", lambda: len(made.server_key) > 80 and made.server_key == s.anybody.instance_v2().configuration.vapid.public_key)
    s.check("… and asks for other things", lambda: s.alice.push_subscription_update(mention_events=True, favourite_events=True).alerts.favourite)
    s.bodil.status_post("@alice the ferry leaves")
    came = s.check("a mention is pushed", lambda: relay.got.get(timeout=SOON_S) if made else None)
    s.check("… so that only the phone reads it", lambda: b"ferry" not in came[1])
    told = s.check("… and the phone opens it", lambda: opened(s.alice, came, ours))
    s.check("… and finds by it what happened", lambda: told["notification_type"] == "mention" and "ferry" in s.alice.notifications(told["notification_id"]).status.content)
    s.check("the subscription is ended", lambda: s.alice.push_subscription_delete() is None and raises(MastodonNotFoundError, s.alice.push_subscription))
    relay.close()


def opened(phone: Mastodon, came: tuple[dict, bytes], keys: dict):
    headers, body = came
    headers = {name.lower(): value for name, value in headers.items()}
    return json.loads(json.dumps(phone.push_subscription_decrypt_push(body, keys, headers["encryption"], headers["crypto-key"]), default=str))
