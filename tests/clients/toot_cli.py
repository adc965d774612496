"""toot, in a terminal: signed in by the code that its member copies over, then an afternoon's use.

Every command of toot that people type is in it, but for what is older names of others and `login_cli`, which sends a
password; a check holds that there is no other. toot has no filters, no pushes and no streams.
"""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import click
from harness.steer import PATIENCE_S
from story import Story
from toot.cli import cli
from toot_screen import DOWN, ENTER, Screen
from town import Town, code_for, picture

# Not typed: a password is sent by it, which no server of today takes.
LEFT_OUT = ["login_cli"]
TOOT = Path(sys.executable).with_name("toot")


class Terminal:
    """One member's terminal, with settings of its own."""

    def __init__(self, town: Town, folder: Path):
        self.town = town
        self.used: set[str] = set()
        self.environment = os.environ | {"XDG_CONFIG_HOME": str(folder), "HOME": str(folder), "NO_COLOR": "1", "PYTHONUNBUFFERED": "1"}

    def says(self, *words: str, hears: str | None = None) -> str:
        """Runs one command to its end. What it complains of is raised."""
        self.used.add(" ".join(words[2:] if words[0] == "--as" else words))
        done = subprocess.run([TOOT, *words], env=self.environment, input=hears, capture_output=True, text=True, timeout=PATIENCE_S)
        if done.returncode != 0 or "Traceback" in done.stderr:
            raise RuntimeError(" ".join((done.stderr or done.stdout).split())[-300:])
        return done.stdout

    def tells(self, *words: str):
        return json.loads(self.says(*words, "--json"))

    def sign_in(self, who) -> str:
        """Goes to the address that toot prints, without its opening a browser, and types in the code that stands there."""
        self.used.add("login")
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

    def screen(self) -> Screen:
        self.used.add("tui")
        return Screen([TOOT, "tui"], self.environment)

    def never_used(self) -> list[str]:
        """Commands that toot has and nobody typed."""
        return [command for command in commands(cli) if not any(f"{used} ".startswith(f"{command} ") for used in self.used)]


def commands(inside: click.Group, before: str = "") -> list[str]:
    """All that are in its help: older names of others are not."""
    found = []
    for name, one in inside.commands.items():
        if not one.hidden:
            found += commands(one, f"{before}{name} ") if isinstance(one, click.Group) else [before + name]
    return found


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
    check("… or at a time that she types", lambda: "cheduled for: 2099-05-" in toot.says("post", "Long after", "--scheduled-at", "2099-05-03 14:00"))
    in_a_window(toot, check, bodil)
    check("it deletes", lambda: toot.says("delete", post["id"]) is not None and raises_not_found(toot, post["id"]))
    check("it unfollows", lambda: toot.says("unfollow", "bodil") and "bodil" not in toot.says("following"))
    check("it signs out", lambda: all("logged out" in toot.says("logout", one) for one in (mine, hers)))
    check("… and nobody is in it", lambda: "not logged in" in toot.says("auth"))
    check("there is no other command", lambda: ", ".join(toot.never_used()) == ", ".join(LEFT_OUT))


def in_a_window(toot: Terminal, check, bodil):
    bodil.post("@alice Fog on the water")
    newest = lambda: toot.tells("timelines", "home", "--no-pager")[0]  # noqa: E731
    check("home begins with what was written last", lambda: "Fog on" in newest()["content"], within_s=10)
    fog = newest()["id"]
    marked = lambda: [toot.tells("status", fog)[name] for name in ("favourited", "reblogged", "bookmarked")]  # noqa: E731
    with toot.screen() as screen:
        # It says that nobody looks after it any more, and what is instead.
        check("its window opens", lambda: screen.shows("press Enter to continue"))
        screen.types(ENTER)
        check("… on home", lambda: screen.shows("[home]", "Fog on the water", "Boost"))
        check("… and offers no translation, for there is none", lambda: screen.shows("Bookmark", without="Translate", within_s=2))
        screen.types("f", "b", "o")
        check("… and favours, boosts and bookmarks", lambda: all(marked()), within_s=10)
        screen.types("a")
        check("… and shows who wrote", lambda: screen.shows("Account", "Followers: ", "Unfollow"))
        screen.types("q")
        check("… and goes back", lambda: screen.shows("Fog on the water", without="Followers: "))
        screen.types("r", "I see nothing", DOWN, DOWN, DOWN, ENTER)
        check("… and answers", lambda: screen.shows("Status posted", without="Visibility") and "I see nothing" in toot.says("thread", fog))
        screen.types("t")
        check("… and shows the conversation", lambda: screen.shows("[thread]", "status 1 of 2"))
        screen.types("q")
        check("… and leaves it", lambda: screen.shows("[home]"))
        screen.types("c", "Nothing yet", DOWN, DOWN, DOWN, ENTER)
        check("… and posts", lambda: "Nothing yet" in toot.says("timelines", "account", "alice", "--no-pager"), within_s=10)
        for name, number, words in PLACES:
            screen.types("g", *[DOWN] * number, ENTER)
            check(f"… and goes to {name}", lambda name=name, words=words: screen.shows(f"[{name}]", words, without="Go to"))
        screen.types("e")
        check("… in which a post is changed", lambda: screen.shows("Edit status", "Content warning", "Nothing yet"))
        screen.types(" to see", DOWN, DOWN, DOWN, DOWN, ENTER)
        check("… as one sees", lambda: screen.shows("Status edited", "Nothing yet to see", without="Edit status"))
        screen.types("d", ENTER)
        check("… and deleted", lambda: "Nothing yet" not in toot.says("timelines", "account", "alice", "--no-pager"), within_s=10)
        screen.types("q")
        check("its window closes, and nothing unexpected was in it", screen.ends)


# Where its menu leads, how far down in it, and what stands there.
PLACES = [
    ("local public", 1, "Nothing yet"),
    ("global public", 2, "Nothing yet"),
    ("bookmarks", 4, "Fog on the water"),
    ("notifications", 5, "Fog on the water"),
    ("conversations", 6, "[conversations]"),
    ("home", 0, "status 1 of"),
    ("personal alice", 3, "Nothing yet"),
]


def raises_not_found(toot: Terminal, number: str) -> bool:
    try:
        toot.says("status", number)
    except RuntimeError as error:
        return "not found" in str(error).lower()
    return False
