"""toot, in a terminal: signed in by the code that its member copies over, then an afternoon's use.

Every command of toot that people type is in it, but for what is older names of others, `login_cli`, which sends a password,
and `tui`, which fills a screen. toot has no filters and no pushes, and its streams are in `tui` alone.
"""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

from harness.steer import PATIENCE_S
from story import Story
from town import Town, code_for, picture

TOOT = Path(sys.executable).with_name("toot")


class Terminal:
    """One member's terminal, with settings of its own."""

    def __init__(self, town: Town, folder: Path):
        self.town = town
        self.environment = os.environ | {"XDG_CONFIG_HOME": str(folder), "HOME": str(folder), "NO_COLOR": "1", "PYTHONUNBUFFERED": "1"}

    def says(self, *words: str, hears: str | None = None) -> str:
        """Runs one command to its end. What it complains of is raised."""
        done = subprocess.run([TOOT, *words], env=self.environment, input=hears, capture_output=True, text=True, timeout=PATIENCE_S)
        if done.returncode != 0 or "Traceback" in done.stderr:
            raise RuntimeError(" ".join((done.stderr or done.stdout).split())[-300:])
        return done.stdout

    def tells(self, *words: str):
        return json.loads(self.says(*words, "--json"))

    def sign_in(self, who) -> str:
        """Goes to the address that toot prints, without its opening a browser, and types in the code that stands there."""
        command = [TOOT, "login", "--instance", self.town.url]
        login = subprocess.Popen(command, env=self.environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        try:
            said = ""
            while not (address := re.search(r"https?://\S+/oauth/authorize\S+", said)):
                line = login.stdout.readline()
                if not line:
                    raise RuntimeError(f"toot named no address to sign in at: {said[-300:]}")
                said += line
            rest, _ = login.communicate(f"n\n{code_for(who, address.group(0))}\n", timeout=PATIENCE_S)
            if login.returncode != 0:
                raise RuntimeError(f"toot was not let in: {(said + rest)[-300:]}")
            return said + rest
        finally:
            login.kill()


def tell(town: Town, story: Story):
    alice, bodil, chidi = town.people
    folder = town.folder / "terminal"
    folder.mkdir()
    toot = Terminal(town, folder)
    check = story.check

    check("toot signs in with a code", lambda: "ogged in" in toot.sign_in(alice))
    check("it knows who it is", lambda: toot.tells("whoami")["acct"] == "alice")
    check("… and where", lambda: toot.tells("instance")["uri"] == town.domain)
    check("… in words", lambda: "@alice" in toot.says("whoami") and f"{town.domain}\nrunning Mastodon" in toot.says("instance"))
    check("… also where it tells what helps to find a fault", lambda: f"{town.domain}\nversion" in toot.says("diag", "--server"))
    mine, hers = (f"{one.name}@{town.domain}" for one in (alice, bodil))
    check("somebody else signs in beside her", lambda: "ogged in" in toot.sign_in(bodil))
    check("… and both are listed", lambda: f"* {hers} ACTIVE" in (listed := toot.says("auth")) and f"* {mine}" in listed)
    check("… and she is chosen again", lambda: "activated" in toot.says("activate", mine) and toot.tells("whoami")["acct"] == "alice")
    check("it describes its member", lambda: toot.says("update-account", "--display-name", "Alice at the oars", "--note", "rows", "--language", "en") and toot.tells("whoami")["display_name"] == "Alice at the oars")
    post = check("it posts", lambda: toot.tells("post", "Out on the water #rowing", "--visibility", "public"))
    check("… and shows it", lambda: "Out on the water" in toot.says("status", post["id"]))
    check("… with a warning", lambda: toot.tells("post", "It rained", "--spoiler-text", "weather")["spoiler_text"] == "weather")
    check("… to followers only", lambda: toot.tells("post", "Between us", "--visibility", "private")["visibility"] == "private")
    check("it answers", lambda: toot.tells("post", "And back", "--reply-to", post["id"])["in_reply_to_id"] == post["id"])
    check("… in a thread", lambda: "And back" in toot.says("thread", post["id"]))
    check("… and goes on from what it wrote last", lambda: toot.tells("post", "And ashore", "--reply-last")["in_reply_to_id"] not in (None, post["id"]) and "And ashore" in toot.says("thread", post["id"]))
    check("it favours", lambda: toot.says("favourite", post["id"]) and toot.tells("status", post["id"])["favourited"])
    check("… and lists what it favoured", lambda: "Out on the water" in toot.says("timelines", "favourites", "--no-pager"))
    check("… and takes the favour back", lambda: toot.says("unfavourite", post["id"]) and not toot.tells("status", post["id"])["favourited"])
    check("it boosts", lambda: toot.says("reblog", post["id"]) and toot.tells("status", post["id"])["reblogged"])
    check("… and is named for it", lambda: "alice" in toot.says("reblogged-by", post["id"]))
    check("… and takes the boost back", lambda: toot.says("unreblog", post["id"]) and not toot.tells("status", post["id"])["reblogged"])
    check("it pins", lambda: toot.says("pin", post["id"]) and toot.tells("status", post["id"])["pinned"])
    check("… and takes down", lambda: toot.says("unpin", post["id"]) and not toot.tells("status", post["id"])["pinned"])
    check("it bookmarks", lambda: toot.says("bookmark", post["id"]) and toot.tells("status", post["id"])["bookmarked"])
    check("… and lists what it marked", lambda: "Out on the water" in toot.says("bookmarks", "-1"))

    check("… and takes the mark out", lambda: "unbookmarked" in toot.says("unbookmark", post["id"]) and "Out on the water" not in toot.says("bookmarks", "-1"))

    check("it follows", lambda: "following" in toot.says("follow", "bodil").lower())
    check("… and lists whom", lambda: "bodil" in toot.says("following"))
    check("it looks somebody up", lambda: "bodil" in toot.says("whois", "bodil"))
    check("it searches", lambda: "bodil" in toot.says("search", "bodil"))
    check("… for posts", lambda: post["id"] in toot.says("search", "water from:me", "--type", "statuses"))
    check("… for tags", lambda: "#rowing" in toot.says("search", "rowing", "--type", "hashtags"))
    check("… and finds nothing where nothing is", lambda: "Nothing found" in toot.says("search", "xyzzyplugh"))
    check("it locks its member's door", lambda: toot.says("update-account", "--locked") and toot.tells("whoami")["locked"])
    check("… at which somebody waits", lambda: toot.says("--as", hers, "follow", "alice") and "@bodil" in toot.says("follow-requests", "list"))
    check("… and is sent away", lambda: "rejected" in toot.says("follow-requests", "reject", "bodil") and "bodil" not in toot.says("follow-requests", "list") + toot.says("followers"))
    check("… and comes again", lambda: toot.says("--as", hers, "follow", "alice") and "@bodil" in toot.says("follow-requests", "list"))
    check("… and is let in", lambda: "now following you" in toot.says("follow-requests", "accept", "bodil") and "@bodil" in toot.says("followers"))
    check("… and it unlocks it", lambda: toot.says("update-account", "--no-locked") and not toot.tells("whoami")["locked"])
    bodil.post("@alice see you at the pier")
    check("home has what friends write", lambda: "at the pier" in toot.says("timelines", "home", "--no-pager"), within_s=10)
    check("notifications say who called", lambda: "at the pier" in toot.says("notifications"), within_s=10)
    check("… or those of one kind", lambda: "at the pier" in toot.says("notifications", "--type", "mention"))
    check("… or all others", lambda: "at the pier" not in toot.says("notifications", "--exclude-type", "mention"))
    check("home is read as it was by older toots", lambda: "at the pier" in toot.says("timeline", "--once"))
    check("the community's timeline has what is public", lambda: "Out on the water" in toot.says("timelines", "public", "--local", "--no-pager"))
    check("a tag's has what carries it", lambda: "Out on the water" in toot.says("timelines", "tag", "rowing", "--no-pager"))
    check("an account's has its posts", lambda: "at the pier" in toot.says("timelines", "account", "bodil", "--no-pager"))
    toot.says("post", "They let boats at https://rowing.example/boats")
    check("a page's has what leads to it", lambda: "They let boats" in toot.says("timelines", "link", "https://rowing.example/boats", "--no-pager"), within_s=10)
    check("nothing is on everybody's lips", lambda: "No statuses found" in toot.says("timelines", "trending", "--no-pager"))
    check("notifications are cleared", lambda: "at the pier" not in toot.says("notifications", "--clear") + toot.says("notifications"))

    check("it mutes", lambda: "muted" in toot.says("mute", "chidi").lower() and "chidi" in toot.says("muted"))
    check("… and unmutes", lambda: "no longer muted" in toot.says("unmute", "chidi") and "chidi" not in toot.says("muted"))
    check("it blocks", lambda: "blocking chidi" in toot.says("block", "chidi") and "chidi" in toot.says("blocked"))
    check("… and unblocks", lambda: "no longer blocked" in toot.says("unblock", "chidi") and "chidi" not in toot.says("blocked"))
    check("it follows a tag", lambda: toot.says("tags", "follow", "rowing") and "rowing" in toot.says("tags", "followed"))
    check("… and says that it does", lambda: "\nFollowed" in toot.says("tags", "info", "rowing"))
    check("… and no longer", lambda: "no longer following" in toot.says("tags", "unfollow", "rowing") and "not following any" in toot.says("tags", "followed"))
    check("… and says that it does not", lambda: "\nNot followed" in toot.says("tags", "info", "rowing"))
    check("it features a tag", lambda: toot.says("tags", "feature", "rowing") and "rowing" in toot.says("tags", "featured"))
    check("… and takes it down", lambda: "no longer featured" in toot.says("tags", "unfeature", "rowing") and "don't have any" in toot.says("tags", "featured"))
    check("it makes a list", lambda: toot.says("lists", "create", "crew") and "crew" in toot.says("lists", "list"))
    check("… and puts a friend in it", lambda: toot.says("lists", "add", "crew", "bodil") and "bodil" in toot.says("lists", "accounts", "crew"))
    bodil.post("Rowlocks wanted")
    check("… and reads it", lambda: "Rowlocks" in toot.says("timelines", "list", "crew", "--no-pager"), within_s=10)
    check("… and takes the friend out", lambda: "Removed" in toot.says("lists", "remove", "crew", "bodil") and "has no accounts" in toot.says("lists", "accounts", "crew"))
    check("… and ends it", lambda: "deleted" in toot.says("lists", "delete", "crew") and "no lists" in toot.says("lists", "list"))
    boat = str(picture(folder / "boat.png"))
    check("it uploads a picture", lambda: "type 'image'" in toot.says("upload", boat, "--description", "A boat"))
    check("it posts a picture", lambda: toot.tells("post", "Look", "--media", boat, "--description", "A boat")["media_attachments"][0]["description"] == "A boat")
    poll = check("it asks", lambda: toot.tells("post", "Tea?", "--poll-option", "yes", "--poll-option", "no")["poll"])
    check("… and shows what", lambda: all(word in toot.says("polls", "show", poll["id"]) for word in ("yes", "no", "0 votes")))
    check("… and votes", lambda: "Your vote" in (said := toot.says("--as", hers, "polls", "vote", poll["id"], "0")) and "1 votes" in said)
    check("… which is counted", lambda: "100% (1)" in toot.says("polls", "show", poll["id"]))
    check("it posts later", lambda: "cheduled" in toot.says("post", "Tomorrow", "--scheduled-in", "2 hours"))
    check("it deletes", lambda: toot.says("delete", post["id"]) is not None and raises_not_found(toot, post["id"]))
    check("it unfollows", lambda: toot.says("unfollow", "bodil") and "bodil" not in toot.says("following"))
    check("it signs out", lambda: all("logged out" in toot.says("logout", one) for one in (mine, hers)))
    check("… and nobody is in it", lambda: "not logged in" in toot.says("auth"))


def raises_not_found(toot: Terminal, number: str) -> bool:
    try:
        toot.says("status", number)
    except RuntimeError as error:
        return "not found" in str(error).lower()
    return False
