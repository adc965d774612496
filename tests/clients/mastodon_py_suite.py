"""Mastodon.py's own tests, run against a Comity instead of against its recordings.

They come with its source package, whose hash is below. A copy is told our address and the tokens of three members, in
place of those of the Mastodon that its authors recorded. What does not pass is in `mastodon_py_known.txt`, each test
with its reason, also what the suite skips by itself; the list only shrinks.
"""

import hashlib
import os
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import requests
from harness.check import check
from harness.member import Member
from town import USUAL_SCOPES, Town

VERSION = "2.3.3"
SHA256 = "a3cda3db86d65809957c978aef8ac7fb3dfc93abfeda3f1c6bdef4c79090ab7b"
# Not run, because nothing could be tested after it. Why stands in KNOWN.
ENDING = ["test_admin.py::test_admin_moderation"]
KNOWN = Path(__file__).with_name("mastodon_py_known.txt")
# So many pass at least, or something keeps the suite from running as it should: of 2.3.3, 438 do.
FEWEST_PASSED = 430
# Who is there: the first account runs the server.
OWNER, LOCKED, OPEN = "admin_of_the_tests", "mastodonpy_test", "mastodonpy_test_2"
# Somebody else whom a search for "admin" finds.
NAMESAKE = "admins_cousin"
# Those about streams wait for most of it.
LONGEST_TEST_S = 60
LONGEST_RUN_S = 420
# What stands still most of the time runs beside the rest, in a town of its own.
SLOW = ("test_streaming.py", "test_streaming_websocket.py")
# Some ask servers on the internet. They are told of a proxy that is not there.
NOWHERE = {"http_proxy": "http://127.0.0.1:9", "https_proxy": "http://127.0.0.1:9", "no_proxy": "localhost,127.0.0.1"}
# These read saved answers and ask no server.
OFFLINE = ("test_entities.py", "test_types_base.py")


def run(new_town: Callable[[Path], Town], home: Path, sources: Path, log: Path):
    """Runs both halves of the suite, each in a town that is as it expects, and checks the results against the list.
    `new_town` makes a town that lives in a folder."""
    package = fetched(sources)
    halves = {"slow": SLOW, "quick": ()}
    with ThreadPoolExecutor() as pool:
        running = [pool.submit(half, name, only, new_town, home, package, log) for name, only in halves.items()]
    judge({name: outcome for one in running for name, outcome in one.result().items()})


def half(name: str, only: tuple[str, ...], new_town: Callable[[Path], Town], home: Path, package: Path, log: Path) -> dict[str, tuple[str, str]]:
    folder = home / name
    folder.mkdir()
    town = new_town(folder)
    try:
        replacements = seed(town)
        suite = unpacked(package, folder / "suite")
        adapt(suite / "tests", replacements)
        return results(suite, only, log.with_stem(f"{log.stem}-{name}"))
    finally:
        town.stop()


def seed(town: Town) -> dict[str, str]:
    """The three people of the suite, and what stands in our copy for each literal of theirs."""
    owner, locked, anybody, _ = town.populate(OWNER, LOCKED, OPEN, NAMESAKE)
    app = town.register("Mastodon.py test suite", f"{USUAL_SCOPES} admin:read admin:write")

    def token(who: Member, scopes: str, **profile: str) -> str:
        app.scopes = scopes
        token = town.token(app, who)
        if profile:
            address = f"{town.url}/api/v1/accounts/update_credentials"
            requests.patch(address, profile, headers={"authorization": f"Bearer {token}"}).raise_for_status()
        return token

    tokens = {
        # The longer names first: the first one is the beginning of the others.
        "__MASTODON_PY_TEST_ACCESS_TOKEN_2": token(owner, f"{USUAL_SCOPES} admin:read admin:write"),
        "__MASTODON_PY_TEST_ACCESS_TOKEN_3": token(anybody, USUAL_SCOPES, discoverable="true", indexable="true"),
        "__MASTODON_PY_TEST_ACCESS_TOKEN": token(locked, USUAL_SCOPES, locked="true"),
    }
    return tokens | {
        "__MASTODON_PY_TEST_CLIENT_ID": app.client_id,
        "__MASTODON_PY_TEST_CLIENT_SECRET": app.client_secret,
        "localhost:3000": town.domain,
        # There is an account of this name everywhere but here, where it is kept for the community.
        "@admin ": f"@{OWNER} ",
        # Set on what plays a recording, which there is not.
        'vcr.match_on = ["path"]': "pass",
    }


def adapt(tests: Path, replacements: dict[str, str]):
    """Puts what is ours into a copy, and takes every recording out of it."""
    for file in tests.glob("*.py"):
        text = file.read_text()
        for literal, ours in replacements.items():
            text = text.replace(literal, ours)
        file.write_text(text)
    for recordings in tests.glob("cassettes*"):
        shutil.rmtree(recordings)
        recordings.mkdir()  # some tests keep the time of their first half in there


def fetched(sources: Path) -> Path:
    """The package that has the suite in it. It is fetched once, kept in `sources`, and held against its hash."""
    package = sources / f"mastodon_py-{VERSION}.tar.gz"
    if not package.exists():
        pip = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check"]
        # Another run may fetch it at the same time: it is there as a whole, or not.
        with tempfile.TemporaryDirectory(dir=sources) as apart:
            subprocess.run([*pip, "--no-deps", "--no-binary", "mastodon.py", "--dest", apart, f"mastodon.py=={VERSION}"], check=True)
            (Path(apart) / package.name).replace(package)
    if hashlib.sha256(package.read_bytes()).hexdigest() != SHA256:
        raise RuntimeError(f"{package} is not what was pinned; delete it, and if it comes again so, look who changed it")
    return package


def unpacked(package: Path, folder: Path) -> Path:
    """A copy of the suite."""
    with tarfile.open(package) as archive:
        archive.extractall(folder, filter="data")
    inside = folder / f"mastodon_py-{VERSION}"
    shutil.rmtree(inside / "mastodon")  # the installed one is tested
    return inside


def results(suite: Path, only: tuple[str, ...], log: Path) -> dict[str, tuple[str, str]]:
    """What came of each test, by its name: `passed`, `failed` or `skipped`, and why; nothing of what was not run."""
    report = suite / "report.xml"
    options = ["-o", "addopts=", "-p", "no:cacheprovider", "--disable-recording", "--tb=short", f"--timeout={LONGEST_TEST_S}"]
    left_out = [word for name in OFFLINE + SLOW for word in ("--ignore", f"tests/{name}")]
    chosen = [f"tests/{name}" for name in only] or [*left_out, "tests"]
    ending = [word for name in ENDING for word in ("--deselect", f"tests/{name}")]
    command = [sys.executable, "-m", "pytest", *options, f"--junitxml={report}", *ending, *chosen]
    with log.open("wb") as out:
        subprocess.run(command, cwd=suite, env=os.environ | NOWHERE, stdout=out, stderr=out, timeout=LONGEST_RUN_S)
    if not report.exists():
        raise RuntimeError(f"the suite did not come to its end; see {log}")
    return {f"{case.get('classname').removeprefix('tests.')}.py::{case.get('name')}": outcome(case) for case in ElementTree.parse(report).iter("testcase")}


def outcome(case: ElementTree.Element) -> tuple[str, str]:
    for child in case:
        if child.tag in ("failure", "error"):
            return "failed", child.get("message", "").splitlines()[0][:300]
        # What is marked as failing and fails did what its authors expect.
        if child.tag == "skipped" and child.get("type") != "pytest.xfail":
            return "skipped", child.get("message", "")
    return "passed", ""


def known() -> dict[str, str]:
    lines = [line for line in KNOWN.read_text().splitlines() if line and not line.startswith("#")]
    parts = [re.split(r"\s*\|\s*", line, maxsplit=1) for line in lines]
    return {name: reason for name, reason in parts}


def judge(came: dict[str, tuple[str, str]]):
    listed = known()
    for name, (outcome, why) in sorted(came.items()):
        if name not in listed:
            check(f"{name}{f' ({outcome}: {why})' if why else ''}", outcome == "passed")
        elif outcome == "passed":
            check(f"{name} is on {KNOWN.name} because it does not pass: it passed, so take it off", False)
    for name in sorted(set(listed) - set(came) - set(ENDING)):
        check(f"{name} is on {KNOWN.name} and in the suite", False)
    for name in ENDING:
        check(f"{name} is not run, and {KNOWN.name} says why", name in listed and name not in came)
    passed = sum(outcome == "passed" for outcome, _ in came.values())
    check(f"at least {FEWEST_PASSED} tests of the suite pass: {passed} do", passed >= FEWEST_PASSED)
    reasons: dict[str, int] = {}
    for name in listed:
        reasons[listed[name]] = reasons.get(listed[name], 0) + 1
    print(f"  {len(listed)} tests are known not to pass:")
    for reason, count in sorted(reasons.items(), key=lambda pair: -pair[1]):
        print(f"  – {count:3} {reason}")
