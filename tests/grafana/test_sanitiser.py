"""Every text panel comes through the sanitiser of Grafana's own package unchanged: pictures and links stay."""

import hashlib
import json
import os
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.grafana.dashboards import filled, panels

HERE = Path(__file__).parent / "sanitiser"
INSTALL = ("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund")
INSTALL_SECONDS = 150

pytestmark = [
    pytest.mark.skipif(shutil.which("npm") is None, reason="node and npm are not installed"),
    pytest.mark.timeout(INSTALL_SECONDS + 60),
]


@pytest.fixture(scope="module")
def sanitiser() -> Path:
    """The folder of the package, installed once for each lock file and kept."""
    lock = hashlib.sha256((HERE / "package-lock.json").read_bytes()).hexdigest()[:12]
    folder = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "sf-nvr" / f"grafana-data-{lock}"
    complete = folder / "complete"
    if not complete.exists():
        folder.mkdir(parents=True, exist_ok=True)
        for name in ("package.json", "package-lock.json"):
            shutil.copy(HERE / name, folder)
        try:
            subprocess.run(INSTALL, cwd=folder, check=True, capture_output=True, timeout=INSTALL_SECONDS)
        except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as error:
            pytest.skip(f"@grafana/data cannot be had from the package registry here: {error}")
        complete.touch()
    shutil.copy(HERE / "sanitise.cjs", folder)
    return folder


def sanitised(folder: Path, texts: Sequence[str]) -> list[str]:
    command, asked = ["node", "sanitise.cjs"], json.dumps(texts)
    done = subprocess.run(command, cwd=folder, input=asked, check=False, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    left: list[str] = json.loads(done.stdout)
    return left


def test_pictures_and_links_of_panels_stay_as_they_are(sanitiser: Path) -> None:
    texts = [
        filled(panel["options"]["content"], {"camera": "door"}) for _, panel in panels() if panel["type"] == "text"
    ]
    assert len(texts) >= 4
    assert sanitised(sanitiser, texts) == texts


def test_what_may_not_stay_is_taken_away(sanitiser: Path) -> None:
    (left,) = sanitised(sanitiser, ['<img src="x" onerror="alert(1)"><script>alert(2)</script>'])
    assert "onerror" not in left
    assert "<script" not in left
