"""Apps that others wrote, with Comity.

    run.py --comity PATH [--engine sqlite|postgres] [--sources DIR] [--logs DIR] [NAME …]

Names are those of CLIENTS and `suite`, on SQLite unless an engine is named. Without one, all of them run on both
engines. The last line counts what held and what did not; before it stands what Comity is known
not to have yet.
"""

import argparse
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import described  # noqa: E402
import mastodon_py  # noqa: E402
import mastodon_py_suite  # noqa: E402
import signing_in  # noqa: E402
import streams  # noqa: E402
import toot_cli  # noqa: E402
from harness import check as counted  # noqa: E402
from harness.check import check  # noqa: E402
from harness.postgres import Postgres  # noqa: E402
from node_client import telling  # noqa: E402
from story import Story  # noqa: E402
from town import Town  # noqa: E402

# Each in a town of its own, with three people in it.
CLIENTS = {
    "signing-in": signing_in.tell,
    "mastodon.py": mastodon_py.tell,
    "streams": streams.tell,
    "toot": toot_cli.tell,
    "masto": telling("masto.mjs"),
    "megalodon": telling("megalodon.mjs"),
    "described": described.tell,
}
SUITE = "suite"
ENGINES = {"sqlite": "SQLite", "postgres": "PostgreSQL"}
# What asks every address takes as long as all others together.
LONGEST = "described"
# Each a process: the suite waits for most of its time, and so do the others.
APART = [[name for name in CLIENTS if name != LONGEST], [LONGEST], [SUITE]]
AT_ONCE = [(engine, names) for names in APART for engine in ENGINES]


def tell(name: str, town: Town):
    story = Story(name)
    try:
        town.people = town.populate("alice", "bodil", "chidi")
        CLIENTS[name](town, story)
    finally:
        town.stop()
    story.end()


def all_at_once(engines: list[str]) -> int:
    """Runs them beside each other; what they say is told in turn."""

    def tell_apart(part: tuple[str, list[str]]) -> subprocess.CompletedProcess:
        engine, names = part
        command = [sys.executable, *sys.argv, "--engine", engine, *names]
        return subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)

    parts = [(engine, names) for engine, names in AT_ONCE if engine in engines]
    passed = failed = 0
    with ThreadPoolExecutor(len(parts)) as pool:
        for part in pool.map(tell_apart, parts):
            said, closing = part.stdout.rstrip().rpartition("\n")[::2]
            counts = re.fullmatch(r"(\d+) passed, (\d+) failed", closing)
            print(said if counts else part.stdout, flush=True)
            passed += int(counts[1]) if counts else 0
            # One without a closing line did not come to its end.
            failed += int(counts[2]) if counts else 1
    print(f"\n{passed} passed, {failed} failed")
    return 1 if failed else 0


def main():
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--comity", type=Path, metavar="PATH", required=True, help="the binary to test")
    arguments.add_argument("--engine", choices=ENGINES, help="what the database is; both where no NAME is given, else SQLite")
    arguments.add_argument("--sources", type=Path, metavar="DIR", help="where the source of Mastodon.py is kept between runs")
    arguments.add_argument("--logs", type=Path, metavar="DIR", help="where what the suite said is kept")
    arguments.add_argument("names", metavar="NAME", nargs="*", help="one of " + ", ".join([*CLIENTS, SUITE]))
    chosen = arguments.parse_args()
    if not chosen.names:
        sys.exit(all_at_once([chosen.engine] if chosen.engine else [*ENGINES]))
    if chosen.engine == "postgres":
        with Postgres() as cluster:
            sys.exit(tell_chosen(chosen, cluster))
    sys.exit(tell_chosen(chosen))


def tell_chosen(chosen: argparse.Namespace, cluster: Postgres | None = None) -> int:
    """Each in turn, in towns whose databases are in the cluster, or are files."""

    def new_town(folder: Path) -> Town:
        return Town(chosen.comity, folder, cluster.new_database() if cluster else "")

    home = Path(tempfile.mkdtemp(prefix="comity-clients-"))
    for name in chosen.names:
        print(f"\n== {name} on {ENGINES[chosen.engine or 'sqlite']}", flush=True)
        begun = time.monotonic()
        folder = home / name
        folder.mkdir()
        try:
            if name == SUITE:
                log = (chosen.logs or folder).resolve() / f"mastodon-py-suite-{chosen.engine or 'sqlite'}.log"
                mastodon_py_suite.run(new_town, folder, (chosen.sources or folder).resolve(), log)
            else:
                tell(name, new_town(folder))
        except Exception as error:
            check(f"{name} came to its end: {error!r} at {counted.where_in_tests(error)}", False)
        print(f"  {time.monotonic() - begun:.1f} s", flush=True)
    if Story.missing:
        print(f"\n{len(Story.missing)} checks wait for what is not there yet:")
        for feature, count in Counter(Story.missing).most_common():
            print(f"  – {count:3} {feature}")
    if counted.failures:
        print("\nThese did not hold:", *counted.failures, sep="\n  ✗ ")
        if cluster:
            shutil.copy(cluster.log, home / "postgres.log")
        print(f"\nThe servers' logs are in {home}.")
    else:
        shutil.rmtree(home)
    print(f"\n{counted.closing_line()}")
    return 1 if counted.failures else 0


main()
