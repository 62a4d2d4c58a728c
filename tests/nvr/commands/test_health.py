from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from prometheus_client import CollectorRegistry
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route
from typer.testing import CliRunner, Result

from exporters.web.app import create_app
from exporters.web.sources import Readiness, Sources
from ingest.store import Store
from nvr.cli import application
from nvr.settings import WebSettings
from tests.exporters.statuses import FixedStatus
from tests.exporters.web.conftest import FixedPast
from tests.exporters.web.serving import serving


@pytest.fixture
def sources(tmp_path: Path) -> Iterator[Sources]:
    with closing(Store(tmp_path / "recordings")) as store:
        yield Sources(
            store=store,
            past=FixedPast(),
            status=FixedStatus([]),
            registry=CollectorRegistry(),
            cameras=["door"],
            site="home",
            timezone=ZoneInfo("UTC"),
            web=WebSettings(token="canary-5f3a"),
        )


def ask(folder: Path, port: int) -> Result:
    config = folder / "nvr.yaml"
    camera = "door: {record: rtsp://camera.example/main}"
    config.write_text(f"web: {{listen: '127.0.0.1:{port}', token: canary-5f3a}}\ncameras:\n  {camera}\n")
    return CliRunner().invoke(application("health"), ["health", "-c", str(config)])


def test_a_recorder_that_records_is_ready(sources: Sources, tmp_path: Path) -> None:
    with serving(create_app(sources)) as port:
        answer = ask(tmp_path, port)
    assert (answer.exit_code, answer.output) == (0, "ready\n")


def test_a_recorder_that_does_not_record_says_why(sources: Sources, tmp_path: Path) -> None:
    async def readiness() -> Readiness:
        return Readiness(False, ("recording has not begun yet",))

    with serving(create_app(replace(sources, readiness=readiness))) as port:
        answer = ask(tmp_path, port)
    assert (answer.exit_code, answer.output) == (1, "not ready: recording has not begun yet\n")


def test_where_none_runs_it_is_told(sources: Sources, tmp_path: Path) -> None:
    with serving(create_app(sources)) as port:
        pass
    answer = ask(tmp_path, port)
    assert (answer.exit_code, answer.output) == (1, f"no recorder runs at http://127.0.0.1:{port}\n")


@pytest.mark.parametrize("content", [{"status": "ok", "printer": True}, ["ok"], {"status": "ok"}])
def test_what_is_no_recorder_is_told_apart(content: object, tmp_path: Path) -> None:
    async def printer(_: Request) -> JSONResponse:
        return JSONResponse(content)

    with serving(Starlette(routes=[Route("/{page}", printer)])) as port:
        answer = ask(tmp_path, port)
    assert (answer.exit_code, answer.output) == (1, f"what answers at http://127.0.0.1:{port} is no recorder\n")
