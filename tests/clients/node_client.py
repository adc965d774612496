"""Runs a client in JavaScript beside this, and holds what it tells against the list."""

import json
import subprocess
import threading
from pathlib import Path

from harness.steer import NODE
from story import Story
from town import Town, picture

HERE = Path(__file__).parent
LONGEST_RUN_S = 180
# What told.mjs says last.
END = "the story comes to its end"


def telling(script: str):
    """A client of `run.py` that is `script`: it is given the town's address, tokens of Alice and of Bodil, a picture, and
    a token of Chidi. An announcement, which only pages make, was made before."""

    def tell(town: Town, story: Story):
        app = town.register(story.client)
        alice, bodil, chidi = town.people
        page = alice.browser.get("/announcements")
        alice.browser.send(page, page.form("/announcements"), "/announcements", text="The lock is shut on Friday")
        file = picture(town.folder / "picture.png")
        command = [NODE, HERE / script, town.url, town.token(app, alice), town.token(app, bodil), file, town.token(app, chidi)]
        with (town.folder / "node.log").open("wb") as log:
            client = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, text=True)
        ending = threading.Timer(LONGEST_RUN_S, client.kill)
        ending.start()
        last = None
        try:
            for line in client.stdout:
                if not line.startswith("told "):
                    continue
                last = json.loads(line.removeprefix("told "))
                story.tell(last["sentence"], last["holds"], f" ({last['why']})" if last["why"] else "")
        finally:
            ending.cancel()
            client.kill()
        if last is None or last["sentence"] != END:
            story.tell(END, False, f" (see {town.folder / 'node.log'})")

    return tell
