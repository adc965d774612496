"""A member of a running Comity, who uses it as people do without JavaScript: its pages and forms."""

from __future__ import annotations

import json
import re
import urllib.parse
import urllib.request
from typing import TYPE_CHECKING

from bs4 import Tag

from harness.page import Browser, Page, filled

if TYPE_CHECKING:
    from harness.comity import Comity

PASSWORD = "a long enough password, 12 times"


class Member:
    def __init__(self, comity: Comity, name: str):
        self.comity, self.name = comity, name
        self.called = name.capitalize()
        self.browser = Browser(comity.base)

    # Coming in

    def set_up(self, link: str):
        self._send(self.browser.get(link), "/setup", community="Harbour", username=self.name, email=f"{self.name}@harbour.test", password=PASSWORD)

    def sign_up(self):
        self._send(self.browser.get("/sign-up"), "/sign-up", username=self.name, email=f"{self.name}@harbour.test", password=PASSWORD)

    @property
    def actor(self) -> str:
        """Their address for other servers, as WebFinger tells it."""
        resource = urllib.parse.quote(f"acct:{self.name}@{self.comity.domain}")
        with urllib.request.urlopen(f"{self.comity.base}.well-known/webfinger?resource={resource}") as answer:
            links = json.load(answer)["links"]
        return next(link["href"] for link in links if link["rel"] == "self")

    @property
    def handle(self) -> str:
        return f"@{self.name}@{self.comity.domain}"

    # Writing

    def post(self, text: str, visibility: str = "public", **more: str):
        """`more` is what else the composer asks for: `answers`, `kept_from`."""
        self._send(self.browser.get("/compose"), "/compose", text=text, visibility=visibility, **more)

    def why_not_post(self, text: str, visibility: str = "public", **more: str) -> str | None:
        """What the composer says instead of posting this; `None` if it was posted."""
        page = self.browser.get("/compose")
        answer = self.browser.send(page, page.form("/compose"), "/compose", text=text, visibility=visibility, **more)
        return answer.words() if answer.status >= 400 else None

    def address_of(self, word: str) -> str:
        """The address that other servers know a post of theirs by."""
        page = self.browser.get(f"/@{self.name}")
        post = next(article for article in page.soup.find_all("article", id=True) if word in article.get_text())
        return f"{self.actor}/statuses/{post['id'].removeprefix('s')}"

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

    def pin(self, post: str):
        self._act(post, "pin")

    def describe_themself(self, bio: str):
        self._send(self.browser.get("/settings/profile"), "/settings/profile", bio=bio)

    def take_out(self, answer: str, post: str):
        """Takes somebody's answer out of the conversation under a post of theirs."""
        number, _ = self.open(answer)
        self._send(self.open(post)[1], f"/statuses/{number}/take-out")

    # People

    def follow(self, handle: str):
        self._send(self.find(handle), "/follow")

    def unfollow(self, handle: str):
        self._send(self.find(handle), "/unfollow")

    def find(self, what: str) -> Page:
        """A person's page by handle, or a post's by address: what the search box leads to."""
        return self.browser.get(f"/search?q={urllib.parse.quote(what)}")

    # Reading

    def home(self) -> list[str]:
        return self.browser.get("/").posts()

    def open(self, post: str) -> tuple[str, Page]:
        """Looks a post up by its address; its number here, and its conversation."""
        found = self.find(post)
        if number := re.fullmatch(r"/@[^/]+/(\d+)", found.path):
            return number.group(1), found
        # Above its words a post may link to what it answers; its time is what leads to itself.
        for link in found.soup.select("article .when a[href]"):
            if number := re.fullmatch(r"/@[^/]+/(\d+)", urllib.parse.urlsplit(link["href"]).path):
                return number.group(1), self.browser.get(link["href"])
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
        """Their pages on which the word can be read."""
        pages = [path for path in ("/", "/community", "/everyone", "/notifications", f"/@{self.name}") if word in self.browser.get(path).words()]
        # The search page repeats what was asked for; only what it found counts.
        return pages + ["/search"] * any(word in post for post in self.find(word).posts())

    # Boundaries

    def rule_set(self, domain: str, stance: str, **more: str) -> str:
        """Sets a boundary of their own on the page, and answers with its number."""
        before = self._rules()
        self._send(self.browser.get("/boundaries"), "/boundaries", pattern=domain, stance=stance, scope="mine", **more)
        (number,) = self._rules() - before
        return number

    def rule_end(self, number: str):
        self._send(self.browser.get("/boundaries"), f"/boundaries/{number}/remove")

    def choose_mode(self, mode: str):
        self._send(self.browser.get("/boundaries"), "/settings/mode", mode=mode)

    def _rules(self) -> set[str]:
        return set(re.findall(r'id="rule-(\d+)"', self.browser.get("/boundaries").html))

    def make_list(self, name: str, *whom: str):
        page = self._send(self.browser.get("/boundaries/lists"), "/boundaries/lists", name=name, scope="mine")
        for one in whom:
            page = self._send(page, page.path, pattern=one)

    # First contacts

    def waiting(self) -> str:
        """What stands on the page of first contacts, apart from people who were said yes to before."""
        page = self.browser.get("/contacts")
        return " ".join(item.get_text(" ") for item in page.soup.select("ol.contacts > li, #wave"))

    def answer_contact(self, handle: str, verb: str):
        """`welcome` (yes, from now on), `send-away` (no), or `let-in` and `dismiss` for one post."""
        page = self.browser.get("/contacts")
        who = next((item for item in page.soup.select("ol.contacts > li") if item.select(f'a[href$="/{handle}"]')), None)
        form = next((form for form in page.forms(f"/{verb}") if who in form.parents), None)
        self._send(page, f"/{verb}", form)

    def ask_again(self, handle: str):
        """Takes a yes back that was said for good."""
        page = self.browser.get("/contacts")
        form = next(form for form in page.forms("/unwelcome") if form.find_parent("li").select(f'a[href$="/{handle}"]'))
        self._send(page, "/unwelcome", form)

    def accept_follow(self, handle: str):
        page = self.browser.get("/follow-requests")
        form = next(form for form in page.forms("/accept") if form.find_parent("li").select(f'a[href$="/{handle}"]'))
        self._send(page, "/accept", form)

    def call_it_a_wave_from(self, strangers: int):
        self._send(self.browser.get("/contacts"), "/settings/waves", strangers=str(strangers))

    def answer_wave(self, verb: str):
        """`let-in`, `turn-away` or `over`."""
        self._send(self.browser.get("/contacts"), f"/contacts/wave/{verb}")

    def _send(self, page: Page, suffix: str, form: Tag | None = None, **values: str) -> Page:
        form = form or page.form(suffix)
        if form is None:
            raise LookupError(f"no form for {suffix} on {page.url} ({page.status}): {page.words()[:300]}")
        answer = self.browser.send(page, form, suffix, **values)
        if answer.status >= 400:
            raise RuntimeError(f"{suffix} answered {answer.status}: {answer.words()[:300]}")
        return answer
