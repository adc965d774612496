"""How apps come in: OAuth as they speak it, by the pages that members see."""

import hashlib
import secrets
import urllib.parse
from base64 import urlsafe_b64encode

import requests
from harness.steer import PATIENCE_S
from mastodon import Mastodon, MastodonUnauthorizedError
from story import Story
from town import OUT_OF_BAND, Town, code_for, consent

SCOPES = ["profile", "read", "write", "follow", "push"]


def tell(town: Town, story: Story):
    (alice, *_) = town.people
    client_id, client_secret = Mastodon.create_app("Out of band", scopes=SCOPES, redirect_uris=OUT_OF_BAND, api_base_url=town.url)
    app = Mastodon(client_id=client_id, client_secret=client_secret, api_base_url=town.url)

    story.check("a server tells how to come in", lambda: "S256" in app.oauth_authorization_server_info().code_challenge_methods_supported)
    address = app.auth_request_url(scopes=SCOPES, allow_http=True)
    code = story.check("a member who says yes is given a code", lambda: code_for(alice, address))
    token = story.check("the code is good for a token", lambda: app.log_in(code=code, scopes=SCOPES, allow_http=True))
    story.check("… which is the member's", lambda: app.me().username == alice.name)
    story.check("… and names the app", lambda: app.app_verify_credentials().name == "Out of band")
    # Mastodon.py asks this over https alone.
    userinfo = {"url": f"{town.url}/oauth/userinfo", "headers": {"authorization": f"Bearer {token}"}, "timeout": PATIENCE_S}
    story.check("… and the member, to OpenID", lambda: requests.get(**userinfo).json()["preferred_username"] == alice.name)
    story.check("a code is good once", lambda: raises(MastodonUnauthorizedError, lambda: exchange(town, client_id, client_secret, code)))
    story.check("… and taken back when it comes twice", lambda: raises(MastodonUnauthorizedError, app.me))
    story.check("a member who says no gives no code", lambda: consent(alice, address, "no").soup.find("input", id="code") is None)

    verifier = secrets.token_urlsafe(48)
    challenge = urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
    proof = urllib.parse.urlencode({"code_challenge": challenge, "code_challenge_method": "S256"})
    asked = f"{address}&{proof}"
    story.check("with PKCE, a code alone is good for nothing", lambda: raises(MastodonUnauthorizedError, lambda: exchange(town, client_id, client_secret, code_for(alice, asked))))
    wrong = {"code_verifier": secrets.token_urlsafe(48)}
    story.check("… nor with another verifier", lambda: raises(MastodonUnauthorizedError, lambda: exchange(town, client_id, client_secret, code_for(alice, asked), **wrong)))
    token = story.check("… and with its own it is", lambda: exchange(town, client_id, client_secret, code_for(alice, asked), code_verifier=verifier))

    app.access_token = token
    story.check("what an app was let holds until it is revoked", lambda: app.me().username == alice.name)
    app.revoke_access_token(allow_http=True)
    again = Mastodon(access_token=token, api_base_url=town.url)
    story.check("… and not a request longer", lambda: raises(MastodonUnauthorizedError, again.me))

    reader = Mastodon(access_token=town.token(town.register("Reader", "read:accounts"), alice), api_base_url=town.url)
    story.check("an app that may read people reads them", lambda: reader.me().username == alice.name)
    story.check("… and writes nothing", lambda: status_of(town, "POST", "/api/v1/statuses", reader.access_token, status="No") == 403)
    credentials = {"grant_type": "client_credentials", "client_id": client_id, "client_secret": client_secret, "scope": "read"}
    own = requests.post(f"{town.url}/oauth/token", credentials, timeout=PATIENCE_S).json().get("access_token")
    story.check("an app has a token of its own", lambda: status_of(town, "GET", "/api/v1/apps/verify_credentials", own) == 200)
    story.check("… which is nobody's", lambda: status_of(town, "GET", "/api/v1/accounts/verify_credentials", own) in (401, 403, 422))
    story.check("a token that nobody gave is refused", lambda: status_of(town, "GET", "/api/v1/timelines/home", "nonsense") == 401)


def exchange(town: Town, client_id: str, client_secret: str, code: str, **more: str) -> str:
    """As `Mastodon.log_in`, which knows no PKCE. What is refused is raised as the library would."""
    form = {"grant_type": "authorization_code", "client_id": client_id, "client_secret": client_secret, "redirect_uri": OUT_OF_BAND, "code": code}
    answer = requests.post(f"{town.url}/oauth/token", form | more, timeout=PATIENCE_S)
    if answer.status_code in (400, 401) and answer.json()["error"] == "invalid_grant":
        raise MastodonUnauthorizedError(answer.json()["error_description"])
    answer.raise_for_status()
    return answer.json()["access_token"]


def status_of(town: Town, method: str, path: str, token: str, **form: str) -> int:
    headers = {"authorization": f"Bearer {token}"}
    return requests.request(method, town.url + path, data=form, headers=headers, timeout=PATIENCE_S).status_code


def raises(kind: type, holds) -> bool:
    """Whether asking is refused in this way, and not in another."""
    try:
        holds()
    except kind:
        return True
    return False
