"""A PostgreSQL that is thrown away, with an empty database for each who asks."""

import itertools
import os
import pwd
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from harness.steer import PATIENCE_S, free_port

# Whom it runs as when we are root, whom it refuses. Debian's package makes this user.
OWNER = "postgres"
# Nothing of it has to outlast a power cut.
SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
}


class Postgres:
    """Runs while a `with` lasts, and leaves nothing behind, however that ends."""

    def __init__(self):
        """Ends the program with a line that says what is missing, if something is."""
        self.programs = programs()
        self.owner = other_than_root()
        self.names = (f"town_{number}" for number in itertools.count(1))
        self.server = None

    def __enter__(self):
        signal.signal(signal.SIGTERM, interrupt)
        # Not called as the one that the Rust tests share, which `bin/test` ends by its name.
        self.folder = Path(tempfile.mkdtemp(prefix="comity-cluster-"))
        self.log = self.folder / "log"
        try:
            self._start()
        except BaseException:
            self._throw_away()
            raise
        return self

    def __exit__(self, *_):
        self._throw_away()

    def new_database(self) -> str:
        """The address of an empty database, as Comity takes it."""
        name = next(self.names)
        self._ask("createdb", "--username", OWNER, name)
        return f"postgres://{OWNER}@127.0.0.1:{self.port}/{name}"

    def _start(self):
        data = self.folder / "data"
        if self.owner:
            shutil.chown(self.folder, self.owner)
        made = self._run("initdb", "-D", data, "-U", OWNER, "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync")
        if made.wait(PATIENCE_S) != 0:
            raise RuntimeError(f"initdb made no cluster:\n{self._last_words()}")
        # Others look for free ports at the same time: it is taken as soon as it is found.
        self.port = free_port()
        settings = [word for name, value in SETTINGS.items() for word in ("-c", f"{name}={value}")]
        # In our group of processes, unlike with pg_ctl: what ends all of us at once ends it too.
        self.server = self._run("postgres", "-D", data, "-p", str(self.port), *settings)
        deadline = time.monotonic() + PATIENCE_S
        while not self._answers():
            if self.server.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"PostgreSQL did not start:\n{self._last_words()}")
            time.sleep(0.1)

    def _run(self, program: str, *words) -> subprocess.Popen:
        """One of the programs that do not run as root."""
        other = {"user": self.owner, "group": self.owner, "extra_groups": []} if self.owner else {}
        with self.log.open("ab") as log:
            return subprocess.Popen([self.programs / program, *words], cwd=self.folder, stdin=subprocess.DEVNULL, stdout=log, stderr=log, **other)

    def _ask(self, program: str, *words: str):
        command = [self.programs / program, "--host", "127.0.0.1", "--port", str(self.port), *words]
        done = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE_S)
        if done.returncode != 0:
            raise RuntimeError(f"{program}: {done.stderr or done.stdout}")

    def _answers(self) -> bool:
        try:
            self._ask("pg_isready")
        except RuntimeError:
            return False
        # Somebody else's would answer as well.
        return self.server.poll() is None

    def _last_words(self) -> str:
        return self.log.read_text(errors="replace")[-3000:]

    def _throw_away(self):
        if self.server is not None:
            # Without a word to those who are still there.
            self.server.send_signal(signal.SIGQUIT)
            try:
                self.server.wait(10)
            except subprocess.TimeoutExpired:
                self.server.kill()
                self.server.wait()
        shutil.rmtree(self.folder, ignore_errors=True)


def programs() -> Path:
    """The folder of the newest that Debian keeps, or of the one in PATH."""
    kept = Path("/usr/lib/postgresql").glob("*/bin/initdb")
    newest = max(kept, key=lambda initdb: [int(number) for number in re.findall(r"\d+", initdb.parent.parent.name)], default=None)
    found = newest or shutil.which("initdb")
    if found is None:
        sys.exit("PostgreSQL is missing: install the package postgresql")
    return Path(found).parent


def other_than_root() -> str | None:
    if os.getuid() != 0:
        return None
    if OWNER not in (user.pw_name for user in pwd.getpwall()):
        sys.exit(f"PostgreSQL refuses to run as root, and there is no user {OWNER}: install the package postgresql")
    return OWNER


def interrupt(number: int, _frame):
    """Has a request to end be what Ctrl-C is, which nothing on the way takes for a failure of what it tries."""
    # A second one must not disturb the tidying up.
    signal.signal(number, signal.SIG_IGN)
    raise KeyboardInterrupt
