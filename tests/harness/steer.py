"""Starts the peers and steers them over their control port. peers/README.md lists the verbs, which both peers understand."""

import json
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

TESTS = Path(__file__).parent.parent
NODE = TESTS / "node_modules" / ".bin" / "node"
PATIENCE_S = 60  # a cold Node on two busy cores takes its time


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def stop(process: subprocess.Popen):
    process.terminate()
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


class Peer:
    """A running peer. A verb is called like a method: `peer.follow(actor=…)`."""

    def __init__(self, software: str, command: list[str], name: str, log_dir: Path):
        self.software, self.name, self.port = software, name, free_port()
        self.domain = f"localhost:{self.port}"
        self.handle = f"@{name}@{self.domain}"
        self.log = log_dir / f"peer-{software}-{name}.log"
        with self.log.open("wb") as log:
            self.process = subprocess.Popen([*command, str(self.port), name], stdout=log, stderr=log)
        self._wait_until_ready()
        self.actor = self.state()["actor"]

    def _wait_until_ready(self):
        deadline = time.monotonic() + PATIENCE_S
        while "ready: " not in self.log.read_text(errors="replace"):
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"the {self.software} peer did not start; see {self.log}:\n{self.log.read_text()[-2000:]}")
            time.sleep(0.1)

    def _control(self, body: dict | None) -> dict:
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}/control", data, {"content-type": "application/json"})
        try:
            with urllib.request.urlopen(request, timeout=PATIENCE_S) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as error:
            raise RuntimeError(f"the {self.software} peer could not: {error.read().decode()}") from None

    def state(self) -> dict:
        return self._control(None)

    def __getattr__(self, verb: str):
        return lambda **how: self._control({"do": verb, **how})

    # What a test asks most often

    def got(self, kind: str, *words: str) -> dict | None:
        """The newest activity of this kind that arrived, was verified, and has all these words in it."""
        for one in reversed(self.state()["received"]):
            text = json.dumps(one["activity"], ensure_ascii=False)
            if one["type"] == kind and all(word in text for word in words):
                return one
        return None

    def got_undo(self, kind: str, of: str) -> bool:
        """Whether an Undo of `kind` arrived that names `of`, inside it or by the id of what arrived before."""
        earlier = [one["id"] for one in self.state()["received"] if one["type"] == kind and of in json.dumps(one["activity"])]
        return any(self.got("Undo", word) for word in (of, *earlier) if word)

    def got_any(self, *words: str) -> list[str]:
        """The kinds of all verified activities that have all these words in them."""
        texts = ((one["type"], json.dumps(one["activity"], ensure_ascii=False)) for one in self.state()["received"])
        return [kind for kind, text in texts if all(word in text for word in words)]

    def holds(self, word: str) -> bool:
        """Whether the word is in anything that ever reached the peer, verified or not, pushed or fetched, or in its store."""
        return self._control({"do": "holds", "word": word})["holds"]

    @property
    def signatures(self) -> tuple[str, ...]:
        return ("draft-cavage",) if self.software == "bovine" else ("rfc9421", "draft-cavage")

    def stop(self):
        stop(self.process)


def fedify(name: str, log_dir: Path) -> Peer:
    return Peer("fedify", [str(NODE), str(TESTS / "peers" / "fedify" / "peer.mjs")], name, log_dir)


def bovine(name: str, log_dir: Path) -> Peer:
    return Peer("bovine", [sys.executable, str(TESTS / "peers" / "python" / "peer.py")], name, log_dir)
