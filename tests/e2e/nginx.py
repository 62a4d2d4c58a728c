"""`deploy/nginx.conf` in a real nginx, on other ports."""

import shutil
import socket
import subprocess
import time
from pathlib import Path
from types import TracebackType

import pytest

CONFIGURATION = Path(__file__).parents[2] / "deploy" / "nginx.conf"


def nginx_program() -> str:
    found = shutil.which("nginx", path="/usr/sbin:/usr/local/sbin:/usr/bin:/usr/local/bin")
    if found is None:
        pytest.skip("nginx is not installed (Debian: apt-get install nginx)")
    return found


class Nginx:
    """Its access log is `log`."""

    def __init__(self, folder: Path, grafana_port: int, recorder_port: int, port: int, token: str = "") -> None:
        self._program, self.port, self.log = nginx_program(), port, folder / "access.log"
        self.file = folder / "nginx.conf"
        text = CONFIGURATION.read_text(encoding="utf-8")
        for old, new in (
            ("127.0.0.1:3000", f"127.0.0.1:{grafana_port}"),
            ("127.0.0.1:8080", f"127.0.0.1:{recorder_port}"),
            ("127.0.0.1:8000", f"127.0.0.1:{self.port}"),
            ("/dev/stdout", str(self.log)),
        ):
            assert text.count(old) == 1, old
            text = text.replace(old, new)
        temporary = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        own = "".join(f"  {each}_temp_path {folder}/{each};\n" for each in temporary)
        text = text.replace("http {\n", f"http {{\n{own}", 1)
        self.file.write_text(f"pid {folder}/nginx.pid;\nuser root;\n{text}", encoding="utf-8")
        if token:
            (folder / "nvr-token.conf").write_text(f'proxy_set_header Authorization "Bearer {token}";\n')
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> "Nginx":
        self._process = subprocess.Popen([self._program, "-c", self.file, "-g", "daemon off;"])
        deadline = time.monotonic() + 20
        while not _listens(self.port):
            assert self._process.poll() is None, "nginx has ended"
            assert time.monotonic() < deadline, "nginx does not listen"
            time.sleep(0.05)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._process is not None
        self._process.terminate()
        self._process.wait(timeout=10)


def _listens(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True
