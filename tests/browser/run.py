"""Comity in a real browser: a journey with JavaScript, one without, one on a narrow window; passkeys; an app for the web; and
a refusal between towns.

    run.py --comity PATH [--pictures DIR]

Starts a server of its own. The last line counts what held and what did not.
"""

import argparse
import contextlib
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from harness.comity import Comity  # noqa: E402
from harness.steer import NODE, PATIENCE_S, free_port, stop  # noqa: E402

HERE = Path(__file__).resolve().parent
LONGEST_JOURNEY_S = 420  # three audits are in one of them
TOWNS = ("harbour", "meadow", "bigcorp")
PASSWORD = "winter-timetable"  # of everybody in the demo


class Harbour(Comity):
    def settings(self) -> dict[str, str]:
        # People who sign in again and again, and some of them wrongly, are all at one address here.
        return super().settings() | {"COMITY__LIMITS__SIGN_IN_TRIES": "100"}


def journey(*command: str) -> tuple[int, int]:
    command = [NODE, HERE / command[0], *command[1:]]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, timeout=LONGEST_JOURNEY_S)
    closing = re.search(r"^(\d+) passed, (\d+) failed$", done.stdout, re.MULTILINE)
    print(done.stdout.replace(closing.group(0), "") if closing else done.stdout, flush=True)
    return (int(closing.group(1)), int(closing.group(2))) if closing else (0, 1)


def refusal(binary: Path, home: Path, pictures: Path | None) -> tuple[int, int]:
    """What one member's refusal does, among the three towns of the demo."""
    folder, log = home / "demo", home / "demo.log"
    port = three_free_ports()
    with log.open("wb") as out:
        demo = subprocess.Popen([binary, "demo", "--port", str(port), "--keep", folder], stdout=out, stderr=out)
    try:
        wait_for(log, "Now open the conversation", demo)
        towns = [f"http://{town}.localhost:{port + after}" for after, town in enumerate(TOWNS)]
        more = ["--comity", binary.resolve(), "--folder", folder]
        return journey("refusal.mjs", *towns, PASSWORD, *more, *kept(pictures, "refusal"))
    finally:
        stop(demo)


def three_free_ports() -> int:
    while True:
        first = free_port()
        with contextlib.ExitStack() as held, contextlib.suppress(OSError, OverflowError):
            for port in range(first, first + len(TOWNS)):
                held.enter_context(socket.create_server(("127.0.0.1", port)))
            return first


def wait_for(log: Path, words: str, process: subprocess.Popen):
    deadline = time.monotonic() + PATIENCE_S
    while words not in log.read_text(errors="replace"):
        if process.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError(f"the demo did not come to its end:\n{log.read_text(errors='replace')[-2000:]}")
        time.sleep(0.1)


def kept(pictures: Path | None, name: str) -> list[str]:
    return ["--pictures", str(pictures / name)] if pictures else []


def main():
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--comity", type=Path, metavar="PATH", required=True, help="the binary to test")
    arguments.add_argument("--pictures", type=Path, metavar="DIR", help="keep a picture of every step there")
    chosen = arguments.parse_args()

    home = Path(tempfile.mkdtemp(prefix="comity-browser-"))
    comity = Harbour(chosen.comity, home)
    results = []
    try:
        comity.start()
        comity.open_sign_up()
        for name, *how in (
            ("ines", "--set-up", comity.set_up_link(), "--script", "off"),
            ("maren", "--sign-up", "--meet", "ines"),
            ("maren", "--sign-in", "--width", "360"),
            ("ines", "--sign-in", "--meet", "maren", "--width", "360", "--script", "off"),
        ):
            pictures = kept(chosen.pictures, f"{len(results) + 1}-{name}")
            results.append(journey("journey.mjs", comity.base, name, *how, *pictures))
        results.append(journey("passkeys.mjs", comity.base, "maren", *kept(chosen.pictures, "passkeys")))
        results.append(journey("web_app.mjs", comity.base, "maren", *kept(chosen.pictures, "web-app")))
        results.append(refusal(chosen.comity, home, chosen.pictures))
    except Exception as error:
        print(f"  ✗ the journeys could be made: {error!r}")
        results.append((0, 1))
    finally:
        comity.stop()
    passed, failed = (sum(column) for column in zip(*results))
    if failed:
        print(f"The server's log is {comity.log}.")
    else:
        shutil.rmtree(home)
    print(f"{passed} passed, {failed} failed")
    sys.exit(1 if failed else 0)


main()
