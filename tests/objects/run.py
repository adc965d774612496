"""Files in a bucket of a real S3 server, SeaweedFS.

    run.py --comity PATH

The last line counts what held and what did not.
"""

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "clients"))

import requests  # noqa: E402
from harness import check as counted  # noqa: E402
from harness.check import check, soon  # noqa: E402
from harness.steer import PATIENCE_S  # noqa: E402
from store import BUCKET, Store  # noqa: E402
from town import Town, picture  # noqa: E402


class Seaside(Town):
    """A community whose files are in the store."""

    def __init__(self, binary: Path, folder: Path, store: Store):
        super().__init__(binary, folder)
        self.store = store
        self.changed = {}

    def settings(self) -> dict[str, str]:
        return super().settings() | self.store.settings() | self.changed

    def tries(self, **changed: str) -> tuple[int, str]:
        """What `comity media test` says with other settings."""
        self.changed = {f"COMITY__MEDIA__S3__{name.upper()}": value for name, value in changed.items()}
        done = subprocess.run([self.binary, "media", "test"], env=self.environment(), cwd=self.folder, capture_output=True, text=True, timeout=PATIENCE_S)
        self.changed = {}
        return done.returncode, done.stdout + done.stderr


class Reader:
    """One member's app."""

    def __init__(self, town: Town, token: str):
        self.town, self.headers = town, {"authorization": f"Bearer {token}"}

    def send(self, file: Path, path: str = "/api/v2/media") -> requests.Response:
        with file.open("rb") as opened:
            return requests.post(self.town.url + path, files={"file": opened}, headers=self.headers, timeout=PATIENCE_S)

    def media(self, number: str) -> requests.Response:
        return requests.get(f"{self.town.url}/api/v1/media/{number}", headers=self.headers, timeout=PATIENCE_S)

    def post(self, text: str, *files: str) -> dict:
        form = [("status", text), *(("media_ids[]", number) for number in files)]
        answer = requests.post(f"{self.town.url}/api/v1/statuses", form, headers=self.headers, timeout=PATIENCE_S)
        answer.raise_for_status()
        return answer.json()

    def delete(self, path: str):
        requests.delete(self.town.url + path, headers=self.headers, timeout=PATIENCE_S).raise_for_status()


def film(path: Path) -> Path:
    """A second of colours that move, with a sound."""
    pictures, sound = "testsrc=duration=1:size=320x240:rate=10", "sine=frequency=440:duration=1"
    words = ["-v", "error", "-y", "-f", "lavfi", "-i", pictures, "-f", "lavfi", "-i", sound, "-pix_fmt", "yuv420p", str(path)]
    subprocess.run(["ffmpeg", *words], check=True, timeout=PATIENCE_S)
    return path


def what_the_operator_is_told(town: Seaside):
    print("what the operator is told")
    code, said = town.tries()
    check("a bucket that is not there is named, with what to do", lambda: code == 2 and f"there is no bucket {BUCKET}" in said and "make it" in said)
    town.store.make_bucket()
    soon("once it is there, files can be kept", lambda: town.tries()[0] == 0)
    check("… and the trial leaves nothing", town.store.names() == [])
    code, said = town.tries(secret_key="another")
    check("a wrong key is told as one, and not printed", lambda: code == 2 and "media.s3.secret_key" in said and "another" not in said)
    code, said = town.tries(endpoint="http://127.0.0.1:1")
    check("a store that does not answer is told as that", lambda: code == 2 and "could not be reached" in said and "X-Amz" not in said)
    code, said = town.tries(access_key="")
    check("half a setting is not taken", lambda: code == 2 and "media.s3.access_key is empty" in said)


def files_live_there(town: Seaside, alice: Reader, folder: Path):
    print("files live there")
    sent = alice.send(picture(folder / "a.png", 900, 700))
    check("a picture is taken", sent.status_code == 200)
    file = sent.json()
    post = alice.post("A picture of the sea", file["id"])["media_attachments"][0]
    whole = requests.get(post["url"], timeout=PATIENCE_S)
    check("whoever may see the post gets the file", lambda: whole.status_code == 200 and whole.headers["content-type"].startswith("image/"))
    check("… and its small picture", lambda: requests.get(post["preview_url"], timeout=PATIENCE_S).status_code == 200)
    # Beside them is the mark by which installations in one bucket know of each other.
    kinds = sorted(name.split("/")[0] for name in town.store.names())
    check("both are in the bucket", lambda: kinds == ["files", "files", "installations"])
    kept = [path for path in (folder / "data" / "media").rglob("*") if path.is_file()]
    check("none is on the disk", kept == [])
    part = requests.get(post["url"], headers={"range": "bytes=10-99"}, timeout=PATIENCE_S)
    check("a part is a part", lambda: part.status_code == 206 and part.content == whole.content[10:100])
    check("… of which it is said which", lambda: part.headers["content-range"] == f"bytes 10-99/{len(whole.content)}")
    last = requests.get(post["url"], headers={"range": "bytes=-7"}, timeout=PATIENCE_S)
    check("the end is the end", lambda: last.content == whole.content[-7:])
    known = requests.get(post["url"], headers={"if-none-match": whole.headers["etag"]}, timeout=PATIENCE_S)
    check("who has it already is sent nothing", lambda: known.status_code == 304 and known.content == b"")
    straight = requests.get(f"{town.store.endpoint}/{BUCKET}/{town.store.names()[0]}", timeout=PATIENCE_S)
    check("nobody gets it from the store without a key", straight.status_code == 403)


def film_is_made_ready(town: Seaside, alice: Reader, folder: Path):
    print("film is made ready")
    sent = alice.send(film(folder / "a.mp4"))
    check("a film is taken, to be made ready", sent.status_code == 202)
    number = sent.json()["id"]
    soon("it is ready in a while", lambda: alice.media(number).status_code == 200, within_s=60)
    check("what came in is gone", lambda: not any(name.startswith("incoming/") for name in town.store.names()))
    post = alice.post("A film of the sea", number)["media_attachments"][0]
    check("it is shown as a film", lambda: requests.get(post["url"], timeout=PATIENCE_S).headers["content-type"] == "video/mp4")
    check("… with a picture before it", lambda: requests.get(post["preview_url"], timeout=PATIENCE_S).headers["content-type"].startswith("image/"))


def what_goes_is_gone(town: Seaside, alice: Reader, folder: Path):
    print("what goes is gone")
    before = town.store.names()
    number = alice.send(picture(folder / "b.png", 300, 200)).json()["id"]
    check("a file is there before its post", lambda: len(town.store.names()) > len(before))
    alice.delete(f"/api/v1/media/{number}")
    soon("taken back, it is in the bucket no more", lambda: town.store.names() == before)


def the_store_is_away(town: Seaside, alice: Reader, folder: Path):
    print("the store is away")
    post = alice.post("Before", alice.send(picture(folder / "c.png", 64, 48)).json()["id"])["media_attachments"][0]
    town.store.stop()
    check("a file is not had", lambda: requests.get(post["url"], timeout=PATIENCE_S).status_code >= 500)
    check("a picture is not taken, and that is said", lambda: alice.send(folder / "c.png").status_code >= 500)
    check("posts are", lambda: alice.post("Words alone")["content"] == "<p>Words alone</p>")
    town.store.start()
    soon("the store is back, and so is the file", lambda: requests.get(post["url"], timeout=PATIENCE_S).status_code == 200)
    check("… and files are taken again", lambda: alice.send(folder / "c.png").status_code == 200)


def main():
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--comity", type=Path, metavar="PATH", required=True, help="the binary to test")
    chosen = arguments.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="comity-objects-"))
    store = Store(folder)
    town = Seaside(chosen.comity, folder, store)
    try:
        store.start()
        what_the_operator_is_told(town)
        alice, *_ = town.populate("alice", "bodil")
        app = Reader(town, town.token(town.register("Seaside"), alice))
        for story in (files_live_there, film_is_made_ready, what_goes_is_gone, the_store_is_away):
            try:
                story(town, app, folder)
            except Exception as error:
                check("the story could be told to its end", lambda: counted.where_in_tests(error) and False)
                print(f"    {error!r} at {counted.where_in_tests(error)}")
    finally:
        town.stop()
        store.stop()
    if counted.failures:
        print(f"The logs are in {folder}.")
    else:
        store.forget()
    print(f"\n{counted.closing_line()}")
    sys.exit(bool(counted.failures))


if __name__ == "__main__":
    main()
