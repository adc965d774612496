"""Reading pages and sending forms as a browser without JavaScript does: cookies, redirects, hidden fields, CSRF tokens."""

import http.cookiejar
import urllib.error
import urllib.parse
import urllib.request

from bs4 import BeautifulSoup, Tag


class Page:
    """One page that was answered, and the forms on it."""

    def __init__(self, url: str, status: int, html: str):
        self.url, self.status, self.html = url, status, html
        self.soup = BeautifulSoup(html, "lxml")

    @property
    def path(self) -> str:
        return urllib.parse.urlsplit(self.url).path

    def words(self) -> str:
        return " ".join((self.soup.body or self.soup).get_text(" ").split())

    def posts(self) -> list[str]:
        """The text of every post on the page, in order."""
        return [" ".join(article.get_text(" ").split()) for article in self.soup.find_all("article")]

    def links(self, suffix: str) -> list[str]:
        """Every link whose path ends in `suffix`, as absolute addresses."""
        addresses = [urllib.parse.urljoin(self.url, anchor["href"]) for anchor in self.soup.find_all("a", href=True)]
        return [address for address in addresses if urllib.parse.urlsplit(address).path.endswith(suffix)]

    def forms(self, suffix: str) -> list[Tag]:
        """Every form that posts to an address that ends in `suffix`, itself or by one of its buttons."""
        return [form for form in self.soup.find_all("form", method="post") if self.address_of(form, suffix) is not None]

    def form(self, suffix: str) -> Tag | None:
        return next(iter(self.forms(suffix)), None)

    def address_of(self, form: Tag, suffix: str) -> str | None:
        """Where the form, or one of its buttons that may be pressed, posts to, if that ends in `suffix`."""
        buttons = form.find_all("button", formaction=True)
        targets = [button["formaction"] for button in buttons if not button.has_attr("disabled")]
        if form.get("action") or not buttons:
            targets.append(form.get("action") or self.url)
        addresses = [urllib.parse.urljoin(self.url, target) for target in targets]
        return next((address for address in addresses if urllib.parse.urlsplit(address).path.endswith(suffix)), None)


def filled(form: Tag) -> list[tuple[str, str]]:
    """What a browser would send if nobody touched the form."""
    fields = []
    for field in form.find_all(["input", "textarea", "select"]):
        name = field.get("name")
        if not name or field.has_attr("disabled"):
            continue
        if field.name == "textarea":
            fields.append((name, field.get_text()))
        elif field.name == "select":
            chosen = field.find("option", selected=True) or field.find("option")
            if chosen is not None:
                fields.append((name, chosen.get("value", chosen.get_text())))
        elif field.get("type") in ("checkbox", "radio"):
            if field.has_attr("checked"):
                fields.append((name, field.get("value", "on")))
        elif field.get("type") not in ("submit", "button", "image", "reset"):
            fields.append((name, field.get("value", "")))
    return fields


class Browser:
    """One person's browser: their cookies, and pages one after another."""

    def __init__(self, base: str):
        self.base = base
        self._opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()))

    def get(self, path: str) -> Page:
        return self._ask(urllib.request.Request(urllib.parse.urljoin(self.base, path), headers={"accept": "text/html"}))

    def send(self, page: Page, form: Tag, suffix: str, **values: str) -> Page:
        """Fills in a form and sends it. A value for a field that the form does not have is a mistake of the caller."""
        names = {field.get("name") for field in form.find_all(["input", "textarea", "select", "button"])}
        unknown = set(values) - names
        if unknown:
            raise LookupError(f"the form for {suffix} on {page.url} has no field {', '.join(sorted(unknown))}; it has {names}")
        kept = [(name, value) for name, value in filled(form) if name not in values]
        body = urllib.parse.urlencode(kept + list(values.items())).encode()
        headers = {"accept": "text/html", "origin": self.base.rstrip("/"), "referer": page.url}
        return self._ask(urllib.request.Request(page.address_of(form, suffix), body, headers))

    def _ask(self, request: urllib.request.Request) -> Page:
        try:
            with self._opener.open(request, timeout=60) as answer:
                return Page(answer.url, answer.status, answer.read().decode())
        except urllib.error.HTTPError as error:
            return Page(error.url, error.code, error.read().decode(errors="replace"))
