"""Has signatures judged by libraries that nobody of Comity wrote.

    some-example | signatures.py            verifies what it reads
    signatures.py --self-test               has the libraries judge each other, good requests and spoilt ones
    signatures.py --sign                    prints requests that the libraries signed, good and spoilt; our own verifier is
                                            tested on those in crates/wire/fixtures/signed-by-libraries.jsonl

Reads one signed request a line, as JSON:

    {"name": "a delivery",                          what to call it
     "scheme": "draft-cavage" | "rfc9421",
     "method": "POST",
     "url": "https://harbour.test/inbox?x=1",       the whole address, as the receiver is called
     "headers": {"host": "harbour.test", …},        as sent; with `signature`, and `signature-input` for rfc9421
     "body": "{…}",                                 text; empty for a GET
     "key": "-----BEGIN PUBLIC KEY-----…",          SPKI in PEM, RSA or Ed25519
     "expect": true}                                whether the signature is good; true if left out

Times must be those of now: the libraries allow some minutes. Each library answers valid, invalid, or that the request is
beyond it; a line passes if at least one library could judge it and all that could agree with `expect`.
"""

import asyncio
import atexit
import base64
import hashlib
import json
import logging
import os
import shutil
import sys
import tempfile
import time
from email.utils import formatdate
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import urlsplit

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
# bovine keeps a cache in the current directory as soon as it is imported.
home = tempfile.mkdtemp(prefix="comity-signatures-")
atexit.register(shutil.rmtree, home, ignore_errors=True)
os.chdir(home)

from apsig.draft import Signer as CavageSigner  # noqa: E402
from apsig.draft import Verifier as CavageVerifier  # noqa: E402
from bovine.crypto.signature_checker import SignatureChecker  # noqa: E402
from bovine.crypto.types import CryptographicIdentifier  # noqa: E402
from cryptography.hazmat.primitives import serialization  # noqa: E402
from cryptography.hazmat.primitives.asymmetric import ed25519, rsa  # noqa: E402
from http_message_signatures import HTTPMessageSigner, HTTPMessageVerifier, HTTPSignatureKeyResolver, algorithms  # noqa: E402
from http_message_signatures.structures import CaseInsensitiveDict  # noqa: E402

from harness.check import check, closing_line, failures  # noqa: E402


class Beyond(Exception):
    """The library does not do this kind."""


def public_key(request: dict):
    return serialization.load_pem_public_key(request["key"].encode())


def lower(headers: dict) -> dict:
    return {name.lower(): value for name, value in headers.items()}


# The judges


def apsig(request: dict) -> bool:
    """draft-cavage with rsa-sha256, for addresses without a query; checks the digest and the date."""
    headers = lower(request["headers"])
    if request["scheme"] != "draft-cavage" or not isinstance(public_key(request), rsa.RSAPublicKey):
        raise Beyond
    if 'algorithm="rsa-sha256"' not in headers.get("signature", "") or "?" in request["url"]:
        raise Beyond
    body = request["body"].encode()
    return CavageVerifier(request["key"], request["method"], request["url"], headers, body).verify() is not None


def bovine(request: dict) -> bool:
    """Both schemes, without the derived components it does not know; RSA and Ed25519; checks digest and, for draft-cavage, date."""
    headers = lower(request["headers"])
    claim = headers.get("signature-input", "")
    if any(component in claim for component in ("@target-uri", "@query", "@request-target", "@scheme")):
        raise Beyond
    if request["scheme"] == "draft-cavage" and ("?" in request["url"] or not isinstance(public_key(request), rsa.RSAPublicKey)):
        raise Beyond

    async def key(_key_id):
        return CryptographicIdentifier(controller="the owner", public_key=public_key(request))

    async def body():
        return request["body"].encode()

    answer = asyncio.run(SignatureChecker(key).validate_signature(request["method"], request["url"], headers, body))
    return answer == "the owner"


def http_message_signatures(request: dict) -> bool:
    """RFC 9421 in general. It leaves the digest of the body to its caller, so that is checked here."""
    if request["scheme"] != "rfc9421":
        raise Beyond
    headers, body = lower(request["headers"]), request["body"].encode()
    key = public_key(request)

    class Keys(HTTPSignatureKeyResolver):
        def resolve_public_key(self, key_id):
            return request["key"].encode()

    algorithm = algorithms.ED25519 if isinstance(key, ed25519.Ed25519PublicKey) else algorithms.RSA_V1_5_SHA256
    message = SimpleNamespace(method=request["method"], url=request["url"], headers=CaseInsensitiveDict(headers))
    verifier = HTTPMessageVerifier(signature_algorithm=algorithm, key_resolver=Keys())
    try:
        [judged] = verifier.verify(message)
    except Exception:
        return False
    if body and '"content-digest"' not in judged.covered_components:
        return False
    digest = base64.b64encode(hashlib.sha256(body).digest()).decode()
    return not body or f"sha-256=:{digest}:" in headers["content-digest"]


JUDGES = [apsig, bovine, http_message_signatures]


def judge(request: dict):
    verdicts = {}
    for library in JUDGES:
        try:
            verdicts[library.__name__] = library(request)
        except Beyond:
            pass
    expected = request.get("expect", True)
    told = ", ".join(f"{name}: {'valid' if verdict else 'invalid'}" for name, verdict in verdicts.items()) or "beyond every library"
    check(f"{request['name']} ({'good' if expected else 'spoilt'}) {told}", bool(verdicts) and set(verdicts.values()) == {expected})


# Requests that the libraries signed, to see that the judges are sound


def signed_by_libraries():
    rsa_key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    edwards_key = ed25519.Ed25519PrivateKey.generate()
    url, body = "http://localhost:3000/inbox", '{"type":"Follow"}'

    def request(name, scheme, method, headers, key):
        pem = key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
        text = body if method == "POST" else ""
        return {"name": name, "scheme": scheme, "method": method, "url": url, "headers": headers, "body": text, "key": pem.decode()}

    for method in ("GET", "POST"):
        text = body.encode() if method == "POST" else b""
        headers = CavageSigner({"host": "localhost:3000"}, rsa_key, method, url, "http://a.test/#key", text).sign()
        yield request(f"apsig, {method}, draft-cavage", "draft-cavage", method, headers, rsa_key)

        for key, algorithm in ((rsa_key, algorithms.RSA_V1_5_SHA256), (edwards_key, algorithms.ED25519)):
            for components in (["@method", "@target-uri"], ["@method", "@path", "@authority"]):

                class Keys(HTTPSignatureKeyResolver):
                    def resolve_private_key(self, key_id):
                        pem = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
                        return key.private_bytes(*pem)

                headers = {"host": "localhost:3000", "date": formatdate(usegmt=True)}
                if method == "POST":
                    headers["content-digest"] = f"sha-256=:{base64.b64encode(hashlib.sha256(text).digest()).decode()}:"
                    components = [*components, "content-digest"]
                message = SimpleNamespace(method=method, url=url, headers=headers)
                signer = HTTPMessageSigner(signature_algorithm=algorithm, key_resolver=Keys())
                signer.sign(message, key_id="http://a.test/#key", covered_component_ids=components, label="sig1")
                name = f"http-message-signatures, {method}, {algorithm.algorithm_id}, {' '.join(components)}"
                yield request(name, "rfc9421", method, lower(headers), key)


def spoilt(request: dict):
    """The same request with one thing changed on the way."""
    yield {**request, "name": f"{request['name']}: another path", "url": request["url"].replace("/inbox", "/outbox"), "expect": False}
    if request["body"]:
        yield {**request, "name": f"{request['name']}: another body", "body": '{"type":"Delete"}', "expect": False}


def main():
    # The judges log every refusal with a trace; here a refusal is often what is wanted.
    logging.disable(logging.CRITICAL)
    if "--sign" in sys.argv:
        now_ms = int(time.time() * 1000)
        for request in signed_by_libraries():
            for line in (request, *spoilt(request)):
                print(json.dumps({"expect": True, **line, "now_ms": now_ms}))
        return
    if "--self-test" in sys.argv:
        for request in signed_by_libraries():
            judge(request)
            for changed in spoilt(request):
                judge(changed)
    else:
        for line in sys.stdin:
            if line.strip():
                judge(json.loads(line))
    print(f"\n{closing_line()}")
    sys.exit(1 if failures else 0)


main()
