"""A real browser, where there is one."""

import shutil
import subprocess
from pathlib import Path

import pytest


def browser() -> str:
    found = shutil.which("chromium") or shutil.which("google-chrome")
    if found is None:
        pytest.skip("no chromium is installed (Debian: apt-get install chromium)")
    return found


def rendered(url: str, profile: Path, *, milliseconds: int = 6000) -> str:
    """The page's document after its scripts ran for a while."""
    quiet = ["--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-quic"]
    options = ["--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", f"--user-data-dir={profile}"]
    waiting = [f"--virtual-time-budget={milliseconds}", "--dump-dom"]
    command = [browser(), *options, *quiet, *waiting, url]
    return subprocess.run(command, capture_output=True, check=True, timeout=60).stdout.decode()
