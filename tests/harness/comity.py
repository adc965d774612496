"""A running Comity with one member, Alice, who uses it as people do: its pages, forms and command line."""

import json
import os
import re
import subprocess
import time
import urllib.parse
import urllib.request
from pathlib import Path

from bs4 import Tag

from harness.page import Browser, Page, filled
from harness.steer import PATIENCE_S, free_port, stop

PASSWORD = "a long enough password, 12 times"


class Comity:
    def __init__(self, binary: Path, folder: Path):
        self.binary, self.folder = binary.resolve(), folder
        self.port = free_port()
        self.domain = f"localhost:{self.port}"
        self.base = f"http://{self.domain}/"
        self.browser = Browser(self.base)
        self.log = folder / "comity.log"
        self.process = None

    # The server

    def settings(self) -> dict[str, str]:
        """The one place that knows how this server is set up for peers on the same machine."""
        return {
            "COMITY__DATA_DIR": str(self.folder / "data"),
            "COMITY__LISTEN": f"127.0.0.1:{self.port}",
            "COMITY__DOMAIN": self.domain,
            "COMITY__NAME": "Harbour",
            # Alice is faster than people are: she looks up what she acts on, each time anew.
            "COMITY__LIMITS__LOOKUPS": "10000",
            "COMITY__FEDERATION__TESTING__ALLOW_HTTP": "true",
            "COMITY__FEDERATION__TESTING__ALLOW_LOOPBACK": "true",
        }

    def environment(self) -> dict[str, str]:
        return os.environ | self.settings()

    def start(self):
        with self.log.open("ab") as log:
            self.process = subprocess.Popen([self.binary, "serve"], env=self.environment(), cwd=self.folder, stdout=log, stderr=log)
        deadline = time.monotonic() + PATIENCE_S
        while True:
            try:
                if self.browser.get("/").status < 500:
                    return
            except OSError:
                pass
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"comity did not start; see {self.log}:\n{self.log.read_text(errors='replace')[-3000:]}")
            time.sleep(0.1)

    def stop(self):
        if self.process is not None:
            stop(self.process)

    def command(self, *words: str) -> str:
        done = subprocess.run([self.binary, *words], env=self.environment(), cwd=self.folder, capture_output=True, text=True, timeout=PATIENCE_S)
        if done.returncode != 0:
            raise RuntimeError(f"comity {' '.join(words)}: {done.stderr or done.stdout}")
        return done.stdout

    def open_sign_up(self):
        """Lets anybody become a member; they are only asked for what the page asks for."""
        self.command("community", "set", self.domain, "--sign-up", "open")
        self._until("sign-up is open", lambda: Browser(self.base).get("/sign-up").form("/sign-up") is not None)

    def rule_set(self, domain: str, stance: str) -> str:
        """Sets the community's rule about a domain, and answers with its number once the server goes by it."""
        said = self.command("rule", "set", domain, stance)
        number = re.search(r"Rule (\d+)", said)
        if number is None:
            raise LookupError(f"no number in: {said}")
        self._until_rule(number.group(1), in_force=True)
        return number.group(1)

    def rule_end(self, number: str):
        self.command("rule", "end", number)
        self._until_rule(number, in_force=False)

    def _until_rule(self, number: str, in_force: bool):
        # The page lists what the server decides by, not what is stored.
        shown = lambda: f'id="rule-{number}"' in self.browser.get("/boundaries").html  # noqa: E731
        self._until(f"rule {number} is {'in force' if in_force else 'gone'}", lambda: shown() == in_force)

    def _until(self, what: str, holds):
        """A command is a process of its own, whose changes the server promises to notice within half a second."""
        deadline = time.monotonic() + 5
        while not holds():
            if time.monotonic() > deadline:
                raise RuntimeError(f"the server did not notice that {what}")
            time.sleep(0.05)

    def keeps_anywhere(self, word: str) -> bool:
        """Whether the word is in any file that the server keeps, its logs aside."""
        files = [path for path in (self.folder / "data").rglob("*") if path.is_file()]
        return any(word.encode() in path.read_bytes() for path in files)

    # Alice

    def set_up_link(self) -> str:
        """The path of the link that the server printed for its operator at its first start."""
        link = re.search(r"https?://\S+/setup\S*", re.sub(r"\x1b\[[0-9;]*m", "", self.log.read_text()))
        if link is None:
            raise LookupError(f"no set-up link was printed in {self.log}")
        address = urllib.parse.urlsplit(link.group(0).rstrip(".,)\"'"))
        return f"{address.path}?{address.query}" if address.query else address.path

    def set_up(self):
        """Follows that link, and becomes the first member, who is signed in from then on."""
        self._send(self.browser.get(self.set_up_link()), "/setup", community="Harbour", username="alice", email="alice@harbour.test", password=PASSWORD)

    @property
    def actor(self) -> str:
        """Alice's address for other servers, as WebFinger tells it."""
        resource = urllib.parse.quote(f"acct:alice@{self.domain}")
        with urllib.request.urlopen(f"{self.base}.well-known/webfinger?resource={resource}") as answer:
            links = json.load(answer)["links"]
        return next(link["href"] for link in links if link["rel"] == "self")

    @property
    def handle(self) -> str:
        return f"@alice@{self.domain}"

    def post(self, text: str, visibility: str = "public"):
        self._send(self.browser.get("/compose"), "/compose", text=text, visibility=visibility)

    def reply(self, post: str, text: str):
        """Answers a post in the form that its conversation has for it, or that a link there leads to."""
        number, page = self.open(post)
        form = next((form for form in page.forms("/compose") if ("in_reply_to", number) in filled(form)), None)
        if form is None:
            link = next((link for link in page.links("/compose") if f"in_reply_to={number}" in link), None)
            if link is None:
                raise LookupError(f"nothing on {page.url} answers post {number}")
            page = self.browser.get(link)
            form = page.form("/compose")
        self._send(page, "/compose", form, text=text)

    def edit(self, post: str, text: str):
        number, _ = self.open(post)
        self._send(self.browser.get(f"/statuses/{number}/edit"), f"/statuses/{number}/edit", text=text)

    def delete(self, post: str):
        self._act(post, "delete")

    def favourite(self, post: str):
        self._act(post, "favourite")

    def unfavourite(self, post: str):
        self._act(post, "unfavourite")

    def boost(self, post: str):
        self._act(post, "reblog")

    def unboost(self, post: str):
        self._act(post, "unreblog")

    def _act(self, post: str, verb: str):
        number, page = self.open(post)
        self._send(page, f"/statuses/{number}/{verb}")

    def follow(self, handle: str):
        self._send(self.find(handle), "/follow")

    def unfollow(self, handle: str):
        self._send(self.find(handle), "/unfollow")

    def find(self, what: str) -> Page:
        """A person's page by handle, or a post's by address: what the search box leads to."""
        return self.browser.get(f"/search?q={urllib.parse.quote(what)}")

    def home(self) -> list[str]:
        return self.browser.get("/").posts()

    def open(self, post: str) -> tuple[str, Page]:
        """Looks a post up by its address; its number here, and its conversation."""
        found = self.find(post)
        if number := re.fullmatch(r"/@[^/]+/(\d+)", found.path):
            return number.group(1), found
        for link in found.links(""):
            if number := re.fullmatch(r"/@[^/]+/(\d+)", urllib.parse.urlsplit(link).path):
                return number.group(1), self.browser.get(link)
        raise LookupError(f"{post} is not to be found: {found.words()[:300]}")

    def conversation(self, post: str) -> list[str]:
        """The texts of the conversation that a post is in, as its own page shows it."""
        return self.open(post)[1].posts()

    def notifications(self) -> str:
        return self.browser.get("/notifications").words()

    def told_of(self, handle: str) -> int:
        """How often the notifications link to a person: they show names, and the handle is where the name leads."""
        return len(self.browser.get("/notifications").links(f"/{handle}"))

    def shows_anywhere(self, word: str) -> list[str]:
        """The pages of Alice's on which the word can be read."""
        pages = [path for path in ("/", "/community", "/notifications", "/@alice") if word in self.browser.get(path).words()]
        # The search page repeats what was asked for; only what it found counts.
        return pages + ["/search"] * any(word in post for post in self.find(word).posts())

    def _send(self, page: Page, suffix: str, form: Tag | None = None, **values: str) -> Page:
        form = form or page.form(suffix)
        if form is None:
            raise LookupError(f"no form for {suffix} on {page.url} ({page.status}): {page.words()[:300]}")
        answer = self.browser.send(page, form, suffix, **values)
        if answer.status >= 400:
            raise RuntimeError(f"{suffix} answered {answer.status}: {answer.words()[:300]}")
        return answer
