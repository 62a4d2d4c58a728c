"""The runbooks as pages: each alert has one, without a token, and an installed recorder has them too."""

import re
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from urllib.parse import urljoin

import httpx
import pytest

from exporters.web.runbooks import TEXTS, rendered
from exporters.web.sources import Sources
from nvr.settings import WebSettings
from tests.exporters.web.browser import rendered as seen
from tests.exporters.web.serving import client_of

ROOT = Path(__file__).parents[3]
ALERTS = sorted(page.stem for page in (ROOT / "docs" / "runbooks").glob("Nvr*.md"))


@pytest.fixture
def guarded(sources: Sources) -> Iterator[httpx.Client]:
    with client_of(replace(sources, web=WebSettings(token="correct horse"))) as client:
        yield client


def test_every_runbook_is_a_page_whose_links_lead_somewhere(guarded: httpx.Client) -> None:
    """Without the token, as whoever is woken has it."""
    for path in ["/runbooks", *(f"/runbooks/{alert}" for alert in ALERTS)]:
        page = guarded.get(path)
        assert (page.status_code, page.headers["Content-Type"]) == (200, "text/html; charset=utf-8"), path
        linked = set(re.findall(r'(?:src|href)="([^"]+)"', page.text))
        assert not [link for link in linked if link.startswith(("/", "http"))], "a prefix must hold"
        for link in linked:
            expected = (200,) if "runbooks" in link or "Nvr" in link or "static" in link else (401,)
            assert guarded.get(urljoin(path, link)).status_code in expected, (path, link)


def test_a_runbook_is_found_by_the_name_of_its_file_too(client: httpx.Client) -> None:
    assert client.get("/runbooks/NvrCameraOffline.md").text == client.get("/runbooks/NvrCameraOffline").text


@pytest.mark.parametrize("name", ["NvrNothing", "README", "..%2f..%2fREADME", "NvrDown.md.md", "Nvr%0a", "%2e%2e"])
def test_what_is_no_runbook_is_not_there(client: httpx.Client, name: str) -> None:
    answer = client.get(f"/runbooks/{name}")
    assert answer.status_code == 404
    assert answer.json()["error"]


def test_a_text_is_never_markup() -> None:
    page = rendered("# A\n\n<script>x</script> [y](javascript:z) [rules](../../rules.yml) [b](NvrB.md)\n", "runbooks/")
    assert "<script>" not in page
    assert page.count("<a ") == 1
    assert '<a href="runbooks/NvrB">b</a>' in page


def test_a_runbook_is_read_in_a_browser(client: httpx.Client, tmp_path: Path) -> None:
    document = seen(f"{client.base_url}/runbooks/NvrStorageLow", tmp_path / "profile", milliseconds=500)
    assert "<h2>What to do</h2>" in document


def test_an_installed_recorder_has_the_runbooks(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    [wheel] = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        packed = [name for name in archive.namelist() if name.startswith("exporters/notify/runbooks/Nvr")]
        texts = {Path(name).stem: archive.read(name).decode() for name in packed}
    assert sorted(texts) == ALERTS
    assert texts["NvrDown"] == (TEXTS / "NvrDown.md").read_text(encoding="utf-8")
