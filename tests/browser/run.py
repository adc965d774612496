"""Comity in a real browser: a journey with JavaScript, one without, one on a narrow window.

    run.py --comity PATH [--pictures DIR]

Starts a server of its own. The last line counts what held and what did not.
"""

import argparse
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from harness.comity import Comity  # noqa: E402
from harness.steer import NODE  # noqa: E402

HERE = Path(__file__).resolve().parent
LONGEST_JOURNEY_S = 180


def journey(comity: Comity, name: str, *how: str) -> tuple[int, int]:
    command = [NODE, HERE / "journey.mjs", comity.base, name, *how]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, timeout=LONGEST_JOURNEY_S)
    closing = re.search(r"^(\d+) passed, (\d+) failed$", done.stdout, re.MULTILINE)
    print(done.stdout.replace(closing.group(0), "") if closing else done.stdout, flush=True)
    return (int(closing.group(1)), int(closing.group(2))) if closing else (0, 1)


def main():
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--comity", type=Path, metavar="PATH", required=True, help="the binary to test")
    arguments.add_argument("--pictures", type=Path, metavar="DIR", help="keep a picture of every step there")
    chosen = arguments.parse_args()

    home = Path(tempfile.mkdtemp(prefix="comity-browser-"))
    comity = Comity(chosen.comity, home)
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
            pictures = ["--pictures", str(chosen.pictures / f"{len(results) + 1}-{name}")] if chosen.pictures else []
            results.append(journey(comity, name, *how, *pictures))
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
