"""`nvr events` and `nvr gaps`: the same rows from a running recorder and from what it left on disk."""

import asyncio
import json
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt
import pytest
from prometheus_client import CollectorRegistry
from typer.testing import CliRunner, Result

from exporters.clickhouse.client import connect
from exporters.clickhouse.rows import rows_of
from exporters.clickhouse.schema import create_schema
from exporters.web.app import create_app
from exporters.web.sources import Sources
from ingest.store import Store
from nvr.cli import application
from nvr.commands import left_behind, past
from nvr.model import Cause, Gap, MotionEvent
from nvr.settings import WebSettings
from tests.exporters.statuses import NOON, FixedStatus
from tests.exporters.web.serving import serving

CAMERAS = ("front-door", "yard")
EVENTS = [
    MotionEvent(
        id=MotionEvent.identity(camera, NOON + timedelta(minutes=minute)),
        camera=camera,
        start=NOON + timedelta(minutes=minute),
        end=NOON + timedelta(minutes=minute, seconds=4.5) if minute else None,
        peak=0.125,
        box=(0.25, 0.5, 0.125, 0.25),
        zones=("porch",),
        footage_start=NOON + timedelta(minutes=minute - 1),
        footage_end=None,
    )
    for minute, camera in enumerate(["front-door", "yard", "front-door", "yard", "yard"])
]
GAPS = [
    Gap("front-door", NOON, NOON + timedelta(seconds=90), Cause.EOF),
    Gap("yard", NOON + timedelta(minutes=1), NOON + timedelta(minutes=2), Cause.STALLED),
]


@dataclass
class Home:
    """A configuration file and the recorder's folders beside it."""

    folder: Path

    def configure(self, port: int, *, token: str = "") -> None:
        guard = f", token: {token}" if token else ""
        cameras = "".join(f"  {camera}: {{record: rtsp://camera.example/{camera}}}\n" for camera in CAMERAS)
        text = f"timezone: Europe/Berlin\nweb: {{listen: '127.0.0.1:{port}'{guard}}}\ncameras:\n{cameras}"
        (self.folder / "nvr.yaml").write_text(text)

    def ask(self, kind: str, *arguments: str) -> Result:
        start = ["--from", "2026-11-22T11:00Z", "--to", "2026-11-22T13:00Z"]
        return CliRunner().invoke(
            application(kind), [kind, "-c", str(self.folder / "nvr.yaml"), *start, *arguments], env={"COLUMNS": "200"}
        )

    def rows(self, kind: str, *arguments: str) -> list[dict[str, Any]]:
        result = self.ask(kind, "--json", *arguments)
        assert result.exit_code == 0, result.output
        rows: list[dict[str, Any]] = json.loads(result.stdout)
        return rows


@pytest.fixture
def home(tmp_path: Path, unused_port: int) -> Home:
    home = Home(tmp_path)
    home.configure(unused_port)
    return home


@pytest.fixture
def unused_port() -> int:
    """Free until now, so that nobody answers there."""
    with serving(_nothing) as port:
        return port


async def _nothing(scope: Any, receive: Any, send: Any) -> None:
    del scope, receive
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/html")]})
    await send({"type": "http.response.body", "body": b"<h1>a printer</h1>"})


def test_without_recorder_and_without_past_there_is_nothing_and_nothing_is_made(home: Home) -> None:
    assert home.rows("events") == home.rows("gaps") == []
    assert [file.name for file in home.folder.iterdir()] == ["nvr.yaml"]
    assert home.ask("gaps").stdout == "no gaps from 2026-11-22 12:00:00 CET to 2026-11-22 14:00:00 CET\n"


def test_without_recorder_gaps_come_from_the_catalogue(home: Home) -> None:
    with closing(Store(home.folder / "recordings")) as store:
        for gap in GAPS:
            store.catalogue.gaps.put(gap)
    assert [row["cause"] for row in home.rows("gaps")] == ["stalled", "eof"]
    assert home.rows("gaps", "--camera", "front-door") == [
        {
            "id": "front-door-20261122T120000.000Z",
            "camera": "front-door",
            "start": "2026-11-22T12:00:00.000Z",
            "end": "2026-11-22T12:01:30.000Z",
            "duration_seconds": 90.0,
            "cause": "eof",
        }
    ]
    assert "front-door  2026-11-22 13:00:00 CET  90.0     eof" in home.ask("gaps").stdout


def test_without_recorder_events_come_from_the_database(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    asyncio.run(fill(home.folder / "data" / "clickhouse"))
    monkeypatch.setattr(left_behind, "PAGE", 2)
    rows = home.rows("events")
    assert [row["start"] for row in rows] == [f"2026-11-22T12:0{minute}:00.000Z" for minute in (4, 3, 2, 1, 0)]
    assert [row["camera"] for row in home.rows("events", "--camera", "yard")] == ["yard"] * 3
    text = home.ask("events").stdout
    assert "yard        2026-11-22 13:04:00 CET  4.5      0.125  porch" in text
    assert "front-door  2026-11-22 13:00:00 CET  goes on  0.125  porch" in text


async def fill(directory: Path) -> None:
    database = await connect(f"chdb://{directory}")
    try:
        await create_schema(database)
        for event in EVENTS:
            rows = rows_of(event, "home")
            await database.insert(rows.table, rows.lines, str(event.id))
    finally:
        await database.close()


@pytest.fixture
def recorder(tmp_path: Path) -> Iterator[Sources]:
    with closing(Store(tmp_path / "running")) as store:
        for gap in GAPS:
            store.catalogue.gaps.put(gap)
        yield Sources(
            store=store,
            past=Remembered(),
            status=FixedStatus([]),
            registry=CollectorRegistry(),
            cameras=CAMERAS,
            site="home",
            timezone=ZoneInfo("Europe/Berlin"),
            web=WebSettings(token="s3cret"),
        )


class Remembered:
    """The events of this module, as ClickHouse would answer."""

    async def motion_events(
        self, camera: str | None, start: datetime, end: datetime, *, limit: int = 100, offset: int = 0
    ) -> list[MotionEvent]:
        inside = [event for event in EVENTS if camera in (None, event.camera) and start <= event.start < end]
        return inside[::-1][offset : offset + limit]

    async def heatmap(self, camera: str, start: datetime, end: datetime) -> tuple[npt.NDArray[np.uint64], bool]:
        raise NotImplementedError(camera, start, end)


def test_a_running_recorder_is_asked_page_by_page(
    home: Home, recorder: Sources, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(past, "PAGE", 2)
    with serving(create_app(recorder)) as port:
        home.configure(port, token="s3cret")
        assert [row["start"][14:16] for row in home.rows("events")] == ["04", "03", "02", "01", "00"]
        assert [row["cause"] for row in home.rows("gaps")] == ["stalled", "eof"]
        assert [row["camera"] for row in home.rows("events", "--camera", "front-door")] == ["front-door"] * 2


def test_the_wrong_token_is_told_without_being_shown(home: Home, recorder: Sources) -> None:
    with serving(create_app(recorder)) as port:
        home.configure(port, token="canary-5f3a")
        result = home.ask("events")
    assert "this needs the token" in str(result.exception)
    assert "canary" not in f"{result.output} {result.exception!r}"


def test_another_program_on_the_port_is_told(home: Home) -> None:
    with serving(_nothing) as port:
        home.configure(port)
        result = home.ask("events")
    assert str(result.exception).startswith(f"what answers at 127.0.0.1:{port} is no recorder (another program")


def test_an_unknown_camera_and_a_bad_time_are_told(home: Home) -> None:
    assert "there is no camera attic; the cameras are front-door, yard" in home.ask("gaps", "--camera", "attic").output
    result = home.ask("events", "--from", "soon")
    assert (result.exit_code, "soon is not a time" in result.output) == (2, True)
