"""Checks of one client, held against the list of what Comity does not have yet.

What is on the list runs like everything else and is reported as still missing, never as passed. When one of them
holds, the run fails until it is taken off: so the list only shrinks. A line of the list that no check asks about fails
too.
"""

import time
from pathlib import Path

from harness.check import check, where_in_tests

LIST = Path(__file__).with_name("not_there_yet.txt")


class Story:
    """What one client does, in chapters or in one. Its sentences are looked up in the list under the names of both."""

    missing: list[str] = []

    def __init__(self, client: str):
        self.client = self._where = client
        self._awaited = awaited(client)
        self._told: set[tuple[str, str]] = set()

    def begin(self, chapter):
        """Goes on to a chapter, which is called as the function that tells it."""
        name = chapter.__name__.replace("_", " ")
        self._where = f"{self.client}, {name}"
        print(f"  {name}", flush=True)

    def check(self, sentence: str, holds, within_s: float = 0):
        """Asks whether a sentence holds: a value, or a function that is asked until it does, for `within_s` seconds.
        Answers with what the function gave, or `None`."""
        is_awaited = (self._where, sentence) in self._awaited
        came, why = ask(holds, min(within_s, 1) if is_awaited else within_s)
        self.tell(sentence, bool(came), why)
        return came

    def tell(self, sentence: str, came: bool, why: str = ""):
        """Counts what was asked elsewhere."""
        key = (self._where, sentence)
        if key in self._told:
            check(f"{sentence}: told once in {self._where}, so that the list can name it", False)
        self._told.add(key)
        feature = self._awaited.pop(key, None)
        if feature is None:
            check(sentence if came else f"{sentence}{why}", came)
        elif came:
            check(f"{sentence} (take it off {LIST.name}: it is there now)", False)
        else:
            Story.missing.append(feature)
            print(f"  – still missing: {sentence} ({feature})", flush=True)

    def end(self):
        for where, sentence in self._awaited:
            check(f"{LIST.name} speaks of a check that was made: {where}: {sentence}", False)


def ask(holds, within_s: float):
    deadline = time.monotonic() + within_s
    while True:
        why = ""
        try:
            came = holds() if callable(holds) else holds
        except Exception as error:  # a client may raise anything; that is the answer
            came, why = None, f" ({type(error).__name__}: {str(error)[:300]} at {where_in_tests(error)})"
        if came or time.monotonic() >= deadline:
            return came, why
        time.sleep(0.1)


def awaited(client: str) -> dict[tuple[str, str], str]:
    """Where a client tells a sentence that is not expected to hold, and the feature that it waits for."""
    lines = [line for line in LIST.read_text().splitlines() if line and not line.startswith("#")]
    parts = [[part.strip() for part in line.split("|")] for line in lines]
    return {(where, sentence): feature for where, sentence, feature in parts if where.split(",")[0] == client}
