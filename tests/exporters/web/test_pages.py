"""The pages: they are there, load only what we serve, and play in a real browser where there is one."""

import re
from pathlib import Path

import httpx
import pytest

from exporters.web.pages import FOLDER
from exporters.web.sources import Sources
from ingest.store import Store
from nvr.model import Cause, Tombstone
from tests.exporters.web.browser import rendered
from tests.exporters.web.conftest import FIRST, NOW, SECOND

PAGES = ("/", "/play", "/heatmap", "/alerts")


@pytest.mark.parametrize("path", PAGES)
def test_a_page_loads_only_what_is_served(client: httpx.Client, path: str) -> None:
    page = client.get(path)
    assert page.headers["Content-Type"].startswith("text/html")
    linked = re.findall(r'(?:src|href)="([^"]+)"', page.text)
    assert linked
    for link in linked:
        assert not link.startswith(("/", "http")), "a link must be relative to work behind a proxy's prefix"
        assert client.get(f"/{link}".replace("/./", "/")).status_code == 200


@pytest.mark.parametrize("script", sorted(FOLDER.glob("*.js")), ids=lambda script: str(script.name))
def test_a_script_imports_only_what_is_served(client: httpx.Client, script: Path) -> None:
    answer = client.get(f"/static/{script.name}")
    assert "javascript" in answer.headers["Content-Type"]
    for name in re.findall(r'from "\./([^"]+)"', answer.text):
        assert (FOLDER / name).exists()


def test_pages_have_nothing_inline_that_the_policy_forbids() -> None:
    for page in FOLDER.glob("*.html"):
        text = page.read_text()
        assert not re.search(r"<script(?![^>]*src=)|\son\w+=|\sstyle=", text), page.name


def test_assets_outside_the_folder_are_not_served(client: httpx.Client) -> None:
    for path in (
        "/static/../app.py",
        "/static/..%2fapp.py",
        "/static/%2e%2e/app.py",
        "/static//etc/passwd",
        "/static/",
    ):
        assert client.get(path).status_code == 404


def test_the_start_page_shows_each_camera_in_a_browser(client: httpx.Client, tmp_path: Path) -> None:
    document = rendered(f"{client.base_url}/", tmp_path / "profile")
    assert "front-door" in document
    assert "1 healthy" in document
    assert "there is no footage of yard yet" in document


def test_the_playback_page_plays_in_a_browser(client: httpx.Client, tmp_path: Path) -> None:
    document = rendered(f"{client.base_url}/play?camera=front-door&t=2026-11-22T12:00:01Z", tmp_path / "profile")
    assert re.search(r'<video[^>]* src="blob:', document)
    assert "porch" in document
    assert "Sun, 22 Nov 2026 13:00:" in document


def test_the_playback_page_says_what_was_deleted_and_why(
    client: httpx.Client, sources: Sources, tmp_path: Path
) -> None:
    [first] = sources.store.segments("front-door", FIRST, SECOND)
    assert isinstance(sources.store, Store)
    sources.store.catalogue.bury([Tombstone(first, NOW, "no_motion")])
    timeline = client.get("/api/timeline?camera=front-door&from=2026-11-22T11:59:59Z&to=2026-11-22T12:01:00Z").json()
    stretch = {"start": "2026-11-22T12:00:00.000Z", "end": "2026-11-22T12:00:04.000Z", "policy": "no_motion"}
    assert timeline["deleted"] == [stretch]
    missed = client.get("/snapshot.jpg?camera=front-door&t=2026-11-22T12:00:01Z")
    assert (missed.status_code, missed.json()["hint"]) == (404, "it was deleted (no_motion)")
    document = rendered(f"{client.base_url}/play?camera=front-door&t=2026-11-22T12:00:01Z", tmp_path / "profile")
    assert "nothing moved" in document


def test_the_heatmap_page_shows_its_picture_in_a_browser(client: httpx.Client, tmp_path: Path) -> None:
    document = rendered(f"{client.base_url}/heatmap?camera=front-door&date=2026-11-22", tmp_path / "profile")
    assert re.search(r'<img id="picture"[^>]* src="blob:', document)


def test_the_pages_have_words_for_each_cause_and_for_no_other() -> None:
    words = (FOLDER / "causes.js").read_text().partition("export const DELETED")[0]
    named = set(re.findall(r'(\w+): "', words))
    assert named == set(Cause)


@pytest.mark.parametrize(("path", "up"), [("/nosuch", ""), ("/a/b/", "../../"), ("/%3Cscript%3E", "")])
def test_a_browser_that_misses_a_page_is_shown_one_and_a_program_is_told_in_json(
    client: httpx.Client, path: str, up: str
) -> None:
    page = client.get(path, headers={"Accept": "text/html,*/*;q=0.8"})
    assert (page.status_code, page.headers["Content-Type"]) == (404, "text/html; charset=utf-8")
    assert f'href="{up}static/style.css"' in page.text
    assert "<script>" not in page.text
    assert set(client.get(path).json()) == {"error", "hint"}


def test_a_heatmap_of_an_unknown_camera_says_so_and_shows_no_other(client: httpx.Client, tmp_path: Path) -> None:
    document = rendered(f"{client.base_url}/heatmap?camera=nosuch", tmp_path / "profile")
    assert "There is no camera nosuch" in document
    assert not re.search(r'<img id="picture"[^>]* src="blob:', document)


def test_a_heatmap_of_an_empty_day_names_the_day(client: httpx.Client, tmp_path: Path) -> None:
    document = rendered(f"{client.base_url}/heatmap?camera=front-door&date=2026-01-06", tmp_path / "profile")
    assert "Nothing moved in front of front-door on Tue, 6 Jan 2026" in document
