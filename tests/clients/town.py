"""A Comity for clients: people in it, and the tokens that its pages give to their apps, code in hand."""

import hashlib
import secrets
import struct
import urllib.parse
import zlib
from base64 import urlsafe_b64encode
from dataclasses import dataclass
from pathlib import Path

import requests
from harness.comity import Comity
from harness.member import Member
from harness.page import Page
from harness.steer import PATIENCE_S

OUT_OF_BAND = "urn:ietf:wg:oauth:2.0:oob"
USUAL_SCOPES = "read write follow push"


@dataclass
class App:
    """An app as it registered itself."""

    client_id: str
    client_secret: str
    scopes: str


class Town(Comity):
    def settings(self) -> dict[str, str]:
        # A suite does in a minute what a person does in a week.
        limits = {"COMITY__LIMITS__API_REQUESTS": "1000000", "COMITY__LIMITS__SIGN_UPS": "1000"}
        return super().settings() | limits

    @property
    def url(self) -> str:
        """As people type it into an app: without a slash at its end."""
        return self.base.rstrip("/")

    def populate(self, *names: str) -> list[Member]:
        """Starts, and has people join: the first one by the operator's link, the others by the page for that."""
        self.start()
        first, *others = (Member(self, name) for name in names)
        first.set_up(self.set_up_link())
        self.open_sign_up()
        for one in others:
            one.sign_up()
        return [first, *others]

    def register(self, name: str, scopes: str = USUAL_SCOPES) -> App:
        form = {"client_name": name, "redirect_uris": OUT_OF_BAND, "scopes": scopes}
        answer = requests.post(f"{self.url}/api/v1/apps", form, timeout=PATIENCE_S)
        answer.raise_for_status()
        app = answer.json()
        return App(app["client_id"], app["client_secret"], scopes)

    def token(self, app: App, who: Member) -> str:
        """Has a member let an app in, and the app exchange the code, with PKCE."""
        verifier = secrets.token_urlsafe(48)
        challenge = urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
        asked = {
            "response_type": "code",
            "client_id": app.client_id,
            "redirect_uri": OUT_OF_BAND,
            "scope": app.scopes,
            "code_challenge": challenge,
            "code_challenge_method": "S256",
        }
        code = code_for(who, f"/oauth/authorize?{urllib.parse.urlencode(asked)}")
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "client_id": app.client_id,
            "client_secret": app.client_secret,
            "redirect_uri": OUT_OF_BAND,
            "code_verifier": verifier,
        }
        answer = requests.post(f"{self.url}/oauth/token", form, timeout=PATIENCE_S)
        answer.raise_for_status()
        return answer.json()["access_token"]


def code_for(who: Member, address: str) -> str:
    """Says yes on the page that an app sent somebody to, and reads the code that they are to copy into it."""
    answer = consent(who, address, "yes")
    field = answer.soup.find("input", id="code")
    if field is None:
        raise LookupError(f"no code on {answer.url} ({answer.status}): {answer.words()[:300]}")
    return field["value"]


def consent(who: Member, address: str, decision: str) -> Page:
    page = who.browser.get(address)
    form = page.form("/oauth/authorize")
    if form is None:
        raise LookupError(f"no question on {page.url} ({page.status}): {page.words()[:300]}")
    return who.browser.send(page, form, "/oauth/authorize", decision=decision)


def picture(path: Path, width: int = 64, height: int = 48) -> Path:
    """Writes a PNG with some colours in it."""
    rows = b"".join(b"\0" + bytes(v for x in range(width) for v in (x * 255 // width, y * 255 // height, 120)) for y in range(height))
    chunks = ((b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)), (b"IDAT", zlib.compress(rows)), (b"IEND", b""))
    packed = (struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data)) for name, data in chunks)
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + b"".join(packed))
    return path
