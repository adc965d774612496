"""A running Comity, as its operator has it: settings, command line, files. What people do with it is in `member`."""

import contextlib
import os
import re
import sqlite3
import subprocess
import time
import urllib.parse
from pathlib import Path

from harness.member import Member
from harness.page import Browser
from harness.steer import PATIENCE_S, free_port, stop


def is_in(word: str, value) -> bool:
    """Whether what a column holds has the word in it."""
    return word.encode() in value if isinstance(value, bytes) else word in str(value)


class Comity:
    called = "the community"

    def __init__(self, binary: Path, folder: Path, database: str | None = None):
        """`database` is as the setting is: empty for SQLite. Without one, the environment says."""
        self.binary, self.folder, self.database = binary.resolve(), folder, database
        self.port = free_port()
        self.domain = f"localhost:{self.port}"
        self.base = f"http://{self.domain}/"
        self.alice = Member(self, "alice")
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
            "COMITY__LIMITS__POSTS": "10000",
            "COMITY__LIMITS__FOLLOWS": "10000",
            "COMITY__LIMITS__DELETES": "10000",
            "COMITY__FEDERATION__TESTING__ALLOW_HTTP": "true",
            "COMITY__FEDERATION__TESTING__ALLOW_LOOPBACK": "true",
        }

    def environment(self) -> dict[str, str]:
        database = {} if self.database is None else {"COMITY__DATABASE": self.database}
        return os.environ | self.settings() | database

    def start(self):
        with self.log.open("ab") as log:
            self.process = subprocess.Popen([self.binary, "serve"], env=self.environment(), cwd=self.folder, stdout=log, stderr=log)
        deadline = time.monotonic() + PATIENCE_S
        while True:
            try:
                if Browser(self.base).get("/").status < 500:
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

    def set_up_link(self) -> str:
        """The path of the link that the server printed for its operator at its first start."""
        link = re.search(r"https?://\S+/setup\S*", re.sub(r"\x1b\[[0-9;]*m", "", self.log.read_text()))
        if link is None:
            raise LookupError(f"no set-up link was printed in {self.log}")
        address = urllib.parse.urlsplit(link.group(0).rstrip(".,)\"'"))
        return f"{address.path}?{address.query}" if address.query else address.path

    def set_up(self):
        """The first member is Alice, who follows that link and is signed in from then on."""
        self.alice.set_up(self.set_up_link())

    def open_sign_up(self):
        """Lets anybody become a member; they are only asked for what the page asks for."""
        self.choose_sign_up("open")

    def choose_sign_up(self, how: str):
        self.command("community", "set", self.domain, "--sign-up", how)
        asks_why = how == "approval"
        page = lambda: Browser(self.base).get("/sign-up")  # noqa: E731
        self._until(f"sign-up is {how}", lambda: page().form("/sign-up") is not None and ("Why you want to join" in page().words()) == asks_why)

    def has_known(self, domain: str, days: int):
        """As if so much time had gone by since the server first met another. No setting does that, so the database is told."""
        statement = f"UPDATE instances SET first_seen_at = first_seen_at - {days * 86_400_000} WHERE domain = '{domain}'"
        if self.postgres:
            subprocess.run(["psql", "--quiet", self.postgres, "--command", statement], check=True, timeout=PATIENCE_S)
            return
        with self._database() as database, database:
            if database.execute(statement).rowcount != 1:
                raise LookupError(f"the server does not know {domain}")

    def close_gate(self, why: str):
        self.command("gate", "close", "--hours", "1", "--reason", why)
        self._until("the gate is closed", lambda: self._gate_is_closed())

    def open_gate(self):
        self.command("gate", "open")
        self._until("the gate is open", lambda: not self._gate_is_closed())

    def _gate_is_closed(self) -> bool:
        return self.alice.browser.get("/boundaries").form("/gate/open") is not None

    def choose_mode(self, mode: str):
        self.command("community", "set", self.domain, "--mode", mode)
        words = {"open": "Open:", "cautious": "Cautious:", "allow-list": "By choice:"}
        self._until(f"the community is {mode}", lambda: words[mode] in self.alice.browser.get("/boundaries").words())

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
        shown = lambda: f'id="rule-{number}"' in self.alice.browser.get("/boundaries").html  # noqa: E731
        self._until(f"rule {number} is {'in force' if in_force else 'gone'}", lambda: shown() == in_force)

    def _until(self, what: str, holds):
        """A command is a process of its own, whose changes the server promises to notice within half a second."""
        deadline = time.monotonic() + 5
        while not holds():
            if time.monotonic() > deadline:
                raise RuntimeError(f"the server did not notice that {what}")
            time.sleep(0.05)

    # What it keeps

    @property
    def postgres(self) -> str | None:
        address = self.environment().get("COMITY__DATABASE", "")
        return address if address.startswith("postgres") else None

    def _database(self):
        return contextlib.closing(sqlite3.connect(self.folder / "data" / "comity.db", timeout=PATIENCE_S))

    def keeps(self, word: str) -> bool:
        """Whether the word is in any row of the database."""
        if self.postgres:
            return word in subprocess.run(["pg_dump", "--data-only", self.postgres], check=True, capture_output=True, text=True).stdout
        with self._database() as database:
            # The index of words is a virtual table, which an older SQLite than Comity's cannot open: the tables behind it are read.
            tables = database.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND sql NOT LIKE 'CREATE VIRTUAL%'").fetchall()
            rows = (row for (table,) in tables for row in database.execute(f'SELECT * FROM "{table}"'))
            return any(is_in(word, value) for row in rows for value in row)

    def keeps_anywhere(self, word: str) -> bool:
        """Whether the word is in any row, or any file that the server keeps, its logs aside: also what was written and
        deleted since."""
        files = [path for path in (self.folder / "data").rglob("*") if path.is_file()]
        return self.keeps(word) or any(word.encode() in path.read_bytes() for path in files)
