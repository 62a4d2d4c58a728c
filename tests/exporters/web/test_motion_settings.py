"""Motion settings over HTTP, kept in a real configuration file."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from exporters.web.sources import Sources
from nvr.config import load
from nvr.config.motion import written
from nvr.config.rewriting import WritableConfig
from nvr.motion_switch import FileMotionSwitch
from nvr.settings import MotionSettings, Settings, WebSettings
from tests.exporters.web.serving import client_of

TEXT = """\
cameras:
  front-door:
    record: rtsp://viewer:${PASSWORD}@camera.example/main   # the new one
    motion: {sensitivity: 60, off_after: 4s}
"""
ROUTE = "/api/cameras/front-door/motion-settings"
BEFORE = written(MotionSettings(60, off_after_seconds=4))


class Running:
    """The settings of a recorder that follows its file when it is told to."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self.settings = self.read()

    def read(self) -> Settings:
        return load(self.file, {"PASSWORD": "canary"})

    async def reload(self) -> None:
        self.settings = self.read()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    (tmp_path / "nvr.yaml").write_text(TEXT)
    return tmp_path / "nvr.yaml"


@pytest.fixture
def motion_sources(sources: Sources, file: Path) -> Sources:
    running = Running(file)
    switch = FileMotionSwitch(WritableConfig(file, running.read), lambda: running.settings, running.reload)
    return replace(sources, motion=switch)


@pytest.fixture
def client(motion_sources: Sources) -> Iterator[httpx.Client]:
    with client_of(motion_sources) as client:
        yield client


def test_they_are_told_as_they_are_written(client: httpx.Client) -> None:
    told = client.get(ROUTE).json()
    assert told == BEFORE
    assert (told["sensitivity"], told["fps"], told["off_after"], told["cooldown"]) == (60, 5, "4s", "0s")


def test_what_is_given_changes_and_is_kept(client: httpx.Client, file: Path) -> None:
    answer = client.put(ROUTE, json={"sensitivity": 75, "min_area": 0.002})
    assert (answer.status_code, answer.json()) == (200, BEFORE | {"sensitivity": 75, "min_area": 0.002})
    assert client.get(ROUTE).json() == answer.json()
    assert file.read_text() == TEXT.replace("60, off_after: 4s", "75, off_after: 4s, min_area: 0.002")


def test_what_was_told_can_be_put_again(client: httpx.Client) -> None:
    assert client.put(ROUTE, json=client.get(ROUTE).json()).json() == BEFORE


def test_nothing_given_changes_nothing(client: httpx.Client, file: Path) -> None:
    assert client.put(ROUTE, json={}).json() == BEFORE
    assert file.read_text() == TEXT


@pytest.mark.parametrize(
    ("content", "status", "error"),
    [
        ('{"fps": 99}', 400, "cameras.front-door.motion.fps is out of range: 99"),
        ('{"fps": 1e999}', 400, "cameras.front-door.motion.fps is not a number: inf"),
        ('{"sensitivity": NaN}', 400, "cameras.front-door.motion.sensitivity is not a whole number: nan"),
        (
            '{"fps": "${PASSWORD}", "off_after": 3}',
            400,
            'cameras.front-door.motion.fps is not a number: "${PASSWORD}"; '
            "cameras.front-door.motion.off_after is not a duration: 3",
        ),
        ('{"zones": {}}', 400, "cameras.front-door.motion.zones is an unknown key: a mapping"),
        ("[]", 400, "the body is no JSON object"),
        ("{", 400, "the body is no JSON object"),
        ("1" * 5000, 413, "the body is too long"),
    ],
)
def test_what_cannot_be_used_changes_nothing(
    client: httpx.Client, file: Path, content: str, status: int, error: str
) -> None:
    answer = client.put(ROUTE, content=content, headers={"Content-Type": "application/json"})
    assert (answer.status_code, answer.json()["error"]) == (status, error)
    assert answer.json()["hint"]
    assert "canary" not in answer.text
    assert (file.read_text(), client.get(ROUTE).json()) == (TEXT, BEFORE)


def test_a_file_with_a_mistake_takes_no_change(client: httpx.Client, file: Path) -> None:
    file.write_text(TEXT + "  yard: {}\n")
    answer = client.put(ROUTE, json={"sensitivity": 75})
    assert (answer.status_code, answer.json()["error"]) == (
        409,
        "the configuration file cannot be used as it stands now",
    )
    assert "nvr check" in answer.json()["hint"]
    assert (file.read_text(), client.get(ROUTE).json()) == (TEXT + "  yard: {}\n", BEFORE)


def test_an_unknown_camera_and_a_form_are_refused(client: httpx.Client) -> None:
    assert client.put(ROUTE.replace("front-door", "attic"), json={}).status_code == 404
    assert client.get(ROUTE.replace("front-door", "attic")).status_code == 404
    assert client.put(ROUTE, data={"sensitivity": "75"}).status_code == 415


def test_a_page_of_another_site_changes_nothing(client: httpx.Client, file: Path) -> None:
    answer = client.put(ROUTE, json={"sensitivity": 1}, headers={"Origin": "https://elsewhere.example"})
    assert (answer.status_code, file.read_text()) == (403, TEXT)


def test_with_a_token_nobody_changes_them_without_it(motion_sources: Sources, file: Path) -> None:
    with client_of(replace(motion_sources, web=WebSettings(token="a-token"))) as client:
        assert client.put(ROUTE, json={"sensitivity": 1}).status_code == 401
        assert file.read_text() == TEXT
        answer = client.put(ROUTE, json={"sensitivity": 1}, headers={"Authorization": "Bearer a-token"})
        assert (answer.status_code, answer.json()["sensitivity"]) == (200, 1)
