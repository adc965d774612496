"""What is there for `described` to ask about, and the means to make more of it: through the API, but for what has pages
alone."""

import itertools
import secrets
import urllib.parse
from datetime import UTC, datetime, timedelta

import requests
from harness.steer import PATIENCE_S
from requests.adapters import HTTPAdapter
from town import App, Town, picture
from urllib3 import Retry

EMOJI = urllib.parse.quote("\N{TEACUP WITHOUT HANDLE}")
# A public key of the curve P-256 and a secret, as RFC 8291 has them in its example.
KEYS = {
    "p256dh": "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4",
    "auth": "BTBZMqHH6r4Tts7J_aSIgg",
}
PUSH = {"subscription": {"endpoint": "https://push.example.org/send/1", "keys": KEYS}, "data": {"alerts": {"mention": True}}}
POLL = {"options": ["Yes", "No"], "expires_in": 3600}
BLOCKS = {
    "email_domain_blocks": lambda number: {"domain": f"mail{number}.example"},
    "canonical_email_blocks": lambda number: {"email": f"somebody{number}@mail.example"},
    "ip_blocks": lambda number: {"ip": f"192.0.2.{number % 250}/32", "severity": "no_access"},
    "domain_blocks": lambda number: {"domain": f"refused{number}.example", "severity": "suspend"},
    "domain_allows": lambda number: {"domain": f"open{number}.example"},
}


def tomorrow() -> str:
    return (datetime.now(UTC) + timedelta(days=1)).isoformat()


def line() -> requests.Session:
    """Asks once more where the other side was about to end an idle connection, as HTTP lets it."""
    session = requests.Session()
    again = HTTPAdapter(max_retries=Retry(total=2, status=0, redirect=0, allowed_methods=None))
    session.mount("http://", again)
    return session


class Seeds:
    """What is there, by the words that stand before `{id}` in addresses, and the means to make more of it."""

    def __init__(self, town: Town, app: App, mine: str, theirs: str):
        self.town, self.app, self.mine, self.theirs = town, app, mine, theirs
        self.numbers = itertools.count(1)
        self.line = line()
        form = {"grant_type": "client_credentials", "client_id": app.client_id, "client_secret": app.client_secret, "scope": "read write"}
        self.itself = self.post("/oauth/token", **form)["access_token"]
        self.me = self.get("/api/v1/accounts/verify_credentials")["id"]
        self.them = self.get("/api/v1/accounts/verify_credentials", theirs)["id"]
        self.things = self._fill()

    def ask(self, method: str, path: str, token: str | None = None, **more):
        headers = {"authorization": f"Bearer {token or self.mine}"}
        answer = self.line.request(method, self.town.url + path, headers=headers, timeout=PATIENCE_S, **more)
        if not answer.ok:
            raise RuntimeError(f"{method} {path} answered {answer.status_code}: {answer.text[:300]}")
        return answer.json()

    def get(self, path: str, token: str | None = None):
        return self.ask("GET", path, token)

    def post(self, path: str, token: str | None = None, **fields):
        return self.ask("POST", path, token, json=fields)

    def id(self, path: str, token: str | None = None, **fields) -> str:
        return self.post(path, token, **fields)["id"]

    # Each time another one

    def status(self, token: str | None = None, **more) -> str:
        return self.id("/api/v1/statuses", token, **({"status": f"A post about #tea, number {next(self.numbers)}"} | more))

    def reading_list(self) -> str:
        return self.id("/api/v1/lists", title=f"Friends {next(self.numbers)}")

    def filter(self) -> str:
        return self.id("/api/v2/filters", title=f"Tea {next(self.numbers)}", context=["home"], keywords_attributes=[{"keyword": "tea"}])

    def keyword(self) -> str:
        return self.id(f"/api/v2/filters/{self.filter()}/keywords", keyword="coffee")

    def filtered(self) -> str:
        return self.id(f"/api/v2/filters/{self.filter()}/statuses", status_id=self.status())

    def old_filter(self) -> str:
        return self.id("/api/v1/filters", phrase=f"cocoa{next(self.numbers)}", context=["home"])

    def file(self) -> str:
        return self.ask("POST", "/api/v2/media", files={"file": self.image()})["id"]

    def image(self) -> tuple[str, bytes, str]:
        return "tea.png", picture(self.town.folder / "tea.png").read_bytes(), "image/png"

    def scheduled(self) -> str:
        return self.id("/api/v1/statuses", status="Later", scheduled_at=tomorrow())

    def draft(self) -> str:
        return self.id("/api/comity/v1/drafts", status="Not finished")

    def antenna(self) -> str:
        return self.id("/api/comity/v1/antennas", title=f"Antenna {next(self.numbers)}", any=["tea"])

    def folder(self) -> str:
        return self.id("/api/v1/pleroma/bookmark_folders", name=f"Folder {next(self.numbers)}")

    def collection(self, token: str | None = None, *people: str) -> dict:
        self.make_room()
        made = self.post("/api/v1/collections", token, name=f"People {next(self.numbers)}", account_ids=people)
        return made["collection"]

    def make_room(self):
        """Takes my collections away but the first: nobody may have many."""
        for one in self.get(f"/api/v1/accounts/{self.me}/collections")["collections"][:-1]:
            self.ask("DELETE", f"/api/v1/collections/{one['id']}")

    def item(self, token: str | None = None) -> tuple[str, str]:
        """A collection with somebody in it: me, where it is somebody else's."""
        made = self.collection(token, self.them if token is None else self.me)
        return made["id"], made["items"][0]["id"]

    def tag(self) -> str:
        return self.id("/api/v1/featured_tags", name=f"tea{next(self.numbers)}")

    def announcement(self) -> str:
        alice = self.town.people[0]
        page = alice.browser.get("/announcements")
        alice.browser.send(page, page.form("/announcements"), "/announcements", text=f"The lock is shut, number {next(self.numbers)}")
        return self.get("/api/v1/announcements")[0]["id"]

    def sign_up(self) -> dict[str, str]:
        name = f"guest{next(self.numbers)}"
        return {"username": name, "email": f"{name}@harbour.test", "password": secrets.token_hex(16), "agreement": True, "reason": "I row"}

    def newcomer(self) -> tuple[str, str]:
        """Somebody who joined just now: their id and a token of theirs."""
        token = self.post("/api/v1/accounts", self.itself, **self.sign_up())["access_token"]
        return self.get("/api/v1/accounts/verify_credentials", token)["id"], token

    def followed(self) -> str:
        """Somebody whom I follow."""
        number, _ = self.newcomer()
        self.post(f"/api/v1/accounts/{number}/follow")
        return number

    def apply(self, count: int) -> list[str]:
        """So many who wait for a yes of the moderators."""
        self.town.choose_sign_up("approval")
        for _ in range(count):
            self.post("/api/v1/accounts", self.itself, **self.sign_up())
        self.town.choose_sign_up("open")
        return [one["id"] for one in self.get("/api/v1/admin/accounts?pending=true")]

    def asking(self) -> str:
        """Somebody who asks to follow me."""
        self.ask("PATCH", "/api/v1/accounts/update_credentials", json={"locked": True})
        number, token = self.newcomer()
        self.post(f"/api/v1/accounts/{self.me}/follow", token)
        return number

    def following(self) -> str:
        """Somebody who follows me."""
        number = self.asking()
        self.post(f"/api/v1/follow_requests/{number}/authorize")
        return number

    def stranger(self) -> str:
        """Somebody of whom a notification stands aside."""
        self.ask("PATCH", "/api/v2/notifications/policy", json={"for_not_following": "filter"})
        number, token = self.newcomer()
        self.status(token, status="@alice Hello from a stranger")
        return number

    def told(self) -> dict:
        """A notification that does not stand aside."""
        accept = dict.fromkeys(("for_not_following", "for_not_followers", "for_new_accounts", "for_private_mentions"), "accept")
        self.ask("PATCH", "/api/v2/notifications/policy", json=accept)
        _, token = self.newcomer()
        self.post(f"/api/v1/statuses/{self.status()}/favourite", token)
        return self.get("/api/v1/notifications")[0]

    def report(self) -> str:
        return self.id("/api/v1/reports", self.theirs, account_id=self.newcomer()[0], comment="Loud")

    def conversation(self) -> str:
        self.status(self.theirs, status=f"@alice Between us, {next(self.numbers)}", visibility="direct")
        return self.get("/api/v1/conversations")[0]["id"]

    def quoted(self) -> tuple[str, str]:
        """A post of mine and one that quotes it."""
        mine = self.status(quote_approval_policy="public")
        return mine, self.status(self.theirs, status="Look", quoted_status_id=mine)

    def domain(self) -> str:
        return f"server{next(self.numbers)}.example"

    def block(self, kind: str) -> str:
        number = next(self.numbers)
        return self.id(f"/api/v1/admin/{kind}", **BLOCKS[kind](number))

    def _fill(self) -> dict[str, list[str]]:
        self.post(f"/api/v1/accounts/{self.me}/follow", self.theirs)
        self.post(f"/api/v1/accounts/{self.them}/follow")
        statuses = [
            self.status(),
            self.status(self.theirs, status="@alice Hello", visibility="direct"),
            self.status(status="With a picture", media_ids=[self.file()]),
            self.status(status="Tea?", poll=POLL),
            self.quoted()[0],
        ]
        self.post(f"/api/v1/statuses/{statuses[0]}/reblog", self.theirs)
        self.ask("PUT", f"/api/v1/pleroma/statuses/{statuses[0]}/reactions/{EMOJI}", self.theirs)
        self.stranger()
        self.asking()
        self.report()
        collection, item = self.item()
        self.post("/api/v1/push/subscription", **PUSH)
        self.tell_texts()
        self.applicants = self.apply(3)
        return {
            "/api/v1/accounts": [self.me, self.them],
            "/api/v1/statuses": statuses,
            "/api/v1/pleroma/statuses": statuses,
            "/api/comity/v1/statuses": statuses,
            "/api/v1/polls": [self.get(f"/api/v1/statuses/{statuses[3]}")["poll"]["id"]],
            "/api/v1/notifications": [one["id"] for one in self.get("/api/v1/notifications")],
            "/api/v2/notifications": [one["group_key"] for one in self.get("/api/v2/notifications")["notification_groups"]],
            "/api/v1/notifications/requests": [one["id"] for one in self.get("/api/v1/notifications/requests")],
            "/api/v1/lists": [self.reading_list()],
            "/api/v1/timelines/list": [self.reading_list()],
            "/api/v1/filters": [self.old_filter()],
            "/api/v2/filters": [self.filter()],
            "/api/v2/filters/keywords": [self.keyword()],
            "/api/v2/filters/statuses": [self.filtered()],
            "/api/v1/media": [self.file()],
            "/api/v1/tags": ["tea"],
            "/api/v1/timelines/tag": ["tea"],
            "/api/v1/conversations": [one["id"] for one in self.get("/api/v1/conversations")],
            "/api/v1/scheduled_statuses": [self.scheduled()],
            "/api/comity/v1/drafts": [self.draft()],
            "/api/comity/v1/antennas": [self.antenna()],
            "/api/v1/pleroma/bookmark_folders": [self.folder()],
            "/api/v1/collections": [collection],
            "/api/v1/collections/{id}/items": [item],
            "/api/v1/featured_tags": [self.tag()],
            "/api/v1/announcements": [self.announcement()],
            "/api/v1/follow_requests": [one["id"] for one in self.get("/api/v1/follow_requests")],
            "/api/v1/suggestions": [self.them],
            "/api/v1/admin/accounts": [self.them, self.applicants[0]],
            "/api/v1/annual_reports": [str(datetime.now(UTC).year)],
            "/api/v1/admin/reports": [one["id"] for one in self.get("/api/v1/admin/reports")],
            "/api/v1/admin/trends/statuses": [statuses[0]],
            "/api/v1/admin/trends/tags": ["tea"],
        } | {f"/api/v1/admin/{kind}": [self.block(kind)] for kind in BLOCKS}

    def tell_texts(self):
        """What the community says of data, and its terms, from today on."""
        alice = self.town.people[0]
        for kind in "privacy-policy", "terms-of-service":
            path = f"/moderation/texts/{kind}"
            page = alice.browser.get(path)
            answer = alice.browser.send(page, page.form(path), path, text="We keep what you write.")
            if answer.status >= 400:
                raise RuntimeError(f"{path} answered {answer.status}: {answer.words()[:300]}")
