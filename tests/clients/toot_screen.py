"""toot's window in a terminal, `toot tui`: keys are typed into it, and what it draws is read."""

import codecs
import fcntl
import os
import pty
import re
import struct
import subprocess
import termios
import threading
import time

from harness.steer import PATIENCE_S

DOWN, ENTER = "\x1b[B", "\r"
ROWS, COLUMNS = 60, 180
# How a terminal is told of places and colours, or what is to be written.
PIECE = re.compile(r"\x1b\[([0-9;?]*)([@-~])|\x1b[()].|\x1b[=>78]|([\x00-\x1f])|([^\x00-\x1f]+)")
UNFINISHED = re.compile(r"\x1b(\[[0-9;?]*|[()])?$")
# toot says so of whatever it did not expect of a server.
TROUBLE = "An exception occurred"


class Screen:
    """Runs while a `with` lasts."""

    def __init__(self, command: list, environment: dict[str, str]):
        self.ours, theirs = pty.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
        self.rows = [[" "] * COLUMNS for _ in range(ROWS)]
        self.y = self.x = 0
        self.trouble = False
        self.program = subprocess.Popen(command, env=environment | {"TERM": "xterm"}, stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True)
        os.close(theirs)
        threading.Thread(target=self._read, daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.program.kill()
        self.program.wait()

    def _read(self):
        decode, rest = codecs.getincrementaldecoder("utf-8")(errors="replace").decode, ""
        while True:
            try:
                drawn = os.read(self.ours, 65536)
            except OSError:  # what a terminal answers when nobody is behind it any more
                drawn = b""
            if not drawn:
                os.close(self.ours)
                return
            came = rest + decode(drawn)
            half = UNFINISHED.search(came)
            rest = half.group(0) if half else ""
            for piece in PIECE.finditer(came.removesuffix(rest)):
                self._draw(*piece.groups())
            self.trouble = self.trouble or TROUBLE in self.text()

    def _draw(self, numbers: str | None, how: str | None, control: str | None, words: str | None):
        """As much of a terminal as is needed to read what stands where."""
        if how == "H":
            y, x = [*(int(number or 1) for number in numbers.split(";")), 1, 1][:2]
            self.y, self.x = y - 1, x - 1
        elif how == "C":
            self.x += int(numbers or 1)
        elif how == "K":
            self.rows[self.y][self.x :] = " " * (COLUMNS - self.x)
        elif how == "J":
            self.rows = [[" "] * COLUMNS for _ in range(ROWS)]
        elif control == "\r":
            self.x = 0
        elif control == "\n":
            self.y = min(self.y + 1, ROWS - 1)
        elif control == "\b":
            self.x = max(self.x - 1, 0)
        for letter in words or "":
            if self.x == COLUMNS:
                self.y, self.x = min(self.y + 1, ROWS - 1), 0
            self.rows[self.y][self.x] = letter
            self.x += 1

    def text(self) -> str:
        """What stands there now."""
        return "\n".join("".join(row).rstrip() for row in self.rows)

    def types(self, *keys: str):
        for key in keys:
            os.write(self.ours, key.encode())
            # What comes at once is taken for one key.
            time.sleep(0.05)

    def shows(self, *words: str, without: str = "", within_s: float = 10) -> bool:
        """Whether all of these stand there soon, and the other does not."""
        end = time.monotonic() + within_s
        while not all(word in self.text() for word in words) or (without and without in self.text()):
            if time.monotonic() > end or self.program.poll() is not None:
                raise RuntimeError(" ".join(self.text().split())[-250:] or "nothing is there")
            time.sleep(0.05)
        return True

    def ends(self) -> bool:
        """Whether it comes to an end by itself, without having met anything that it did not expect."""
        return self.program.wait(PATIENCE_S) == 0 and not self.trouble
