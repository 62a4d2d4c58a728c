"""`nvr retention`, `nvr forecast` and `nvr protect`: from a running recorder, and from what it left on disk."""

import json
import re
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from prometheus_client import CollectorRegistry
from typer.testing import CliRunner, Result

from exporters.metrics import Metrics
from exporters.web.app import create_app
from exporters.web.sources import Sources
from ingest.retention import Retention
from ingest.store import Store
from nvr.cli import application
from nvr.clock import UtcClock, utc_now
from nvr.commands.amounts import age, bars, size
from nvr.commands.running import NotRunning
from nvr.config import load
from nvr.config.retention import changed
from nvr.model import Fact
from tests.clips import make_fragmented
from tests.e2e.live import free_port
from tests.exporters.statuses import FixedStatus
from tests.exporters.web.serving import serving
from tests.nvr.commands.test_past import Remembered

CAMERAS = ("front-door", "yard")
HOUR = timedelta(hours=1)


class Kept:
    def put(self, fact: Fact) -> None:
        pass


class Home:
    """A configuration file, with three days of footage beside it: an hour has one segment of each camera."""

    def __init__(self, folder: Path, port: int) -> None:
        self.file, self.folder = folder / "nvr.yaml", folder / "recordings"
        self.configure(port)
        self.begun = utc_now().replace(microsecond=0) - timedelta(days=3) + HOUR / 2

    def configure(self, port: int) -> None:
        cameras = "".join(f"  {camera}: {{record: rtsp://camera.example/{camera}}}\n" for camera in CAMERAS)
        storage = "storage: {keep_at_least: 1h, delete_after: 2d}"
        self.file.write_text(f"timezone: UTC\n{storage}\nweb: {{listen: '127.0.0.1:{port}'}}\ncameras:\n{cameras}")

    def record(self, footage: Path) -> None:
        with closing(Store(self.folder)) as store:
            for number, start in enumerate(self.begun + n * HOUR for n in range(72)):
                for camera in CAMERAS if number % 2 else CAMERAS[:1]:
                    run = store.begin_run(camera, start)
                    run.file(0).write_bytes(footage.read_bytes())
                    store.finish(run, 0, start)

    def ask(self, command: str, *arguments: str) -> Result:
        width = {"COLUMNS": "200"}
        return CliRunner().invoke(application(command), [command, "-c", str(self.file), *arguments], env=width)

    def json(self, command: str, *arguments: str) -> Any:
        result = self.ask(command, "--json", *arguments)
        assert result.exit_code == 0, f"{result.output} {result.exception}"
        return json.loads(result.stdout)


@pytest.fixture(scope="session")
def footage(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_fragmented(tmp_path_factory.mktemp("footage") / "footage.mp4", 2)


@pytest.fixture
def bare(tmp_path: Path) -> Home:
    return Home(tmp_path, free_port())


@pytest.fixture
def home(bare: Home, footage: Path) -> Home:
    bare.record(footage)
    return bare


@pytest.fixture
def running(home: Home) -> Iterator[Home]:
    """A recorder's endpoint over that footage."""
    settings = load(home.file, {})
    with closing(Store(home.folder)) as store:
        keeper = Retention(settings.storage, {}, store, facts=Kept(), telemetry=Metrics("home"), clock=UtcClock())
        sources = Sources(
            store=store,
            past=Remembered(),
            status=FixedStatus([], [keeper.status]),
            registry=CollectorRegistry(),
            cameras=CAMERAS,
            site="home",
            timezone=ZoneInfo("UTC"),
            housekeeping=keeper,
            changed_limits=changed,
        )
        with serving(create_app(sources)) as port:
            home.configure(port)
            yield home


def files(home: Home) -> int:
    return len(list(home.folder.glob("*/*/*.mp4")))


def test_where_nothing_was_recorded_nothing_is_made(bare: Home) -> None:
    for command in (["retention", "--dry-run"], ["forecast"], ["protect"]):
        assert "there is no footage in" in str(bare.ask(*command).exception)
    assert not bare.folder.exists()


def test_without_a_recorder_it_is_told_what_would_go(home: Home) -> None:
    found = home.json("retention", "--dry-run")
    [step] = found["planned"]
    assert (step["policy"], step["segments"]) == ("delete_after", 24 + 12)
    assert found["files_by_age"][0]["segments"] == 108
    of_yard = home.json("retention", "--dry-run", "--camera", "yard")
    assert [each["segments"] for each in of_yard["planned"]] == [12]
    text = home.ask("retention", "--dry-run").stdout
    assert re.search(rf"^delete_after +36 +[\d.]+ [kM]B +{home.begun:%Y-%m-%d %H:%M} UTC", text, re.MULTILINE)
    assert "could go without breaking a promise; the oldest footage: " in text
    assert files(home) == 108


def test_without_a_recorder_nothing_is_deleted(home: Home) -> None:
    result = home.ask("retention")
    assert isinstance(result.exception, NotRunning)
    assert "start it with nvr run" in str(result.exception)
    assert files(home) == 108


def test_a_running_recorder_cleans_up_and_says_what_went(running: Home) -> None:
    planned = running.json("retention", "--dry-run")["planned"]
    assert re.search(r"^delete_after +36 ", running.ask("retention").stdout, re.MULTILINE)
    assert files(running) == 72
    assert running.json("retention", "--dry-run")["last_run"]["steps"] == planned
    assert running.ask("retention").stdout == "nothing had to go\n"
    assert "nothing would go" in running.ask("retention", "--dry-run").stdout


def test_a_clean_up_is_one_of_all_cameras(home: Home) -> None:
    result = home.ask("retention", "--camera", "yard")
    assert (result.exit_code, "--dry-run" in result.output) == (2, True)


def test_a_forecast_is_the_same_from_the_recorder_and_from_what_it_left(home: Home) -> None:
    left = home.json("forecast", "--budget", "100MB")
    assert left["changed"] is not None
    [front, yard] = (sum(left["hours_of_week"][camera]) for camera in CAMERAS)
    assert front == pytest.approx(2 * yard, rel=0.05)
    assert left["now"]["bytes_a_day"] == pytest.approx((front + yard) / 7, rel=0.01)
    text = home.ask("forecast").stdout
    assert "with these limits" not in text
    assert re.search(r"promised +1 h \(kept\)", text)
    assert re.search(r"deleted after +2 d", text)
    assert re.search(r"^front-door( +█{8}){7} ", text, re.MULTILINE)
    assert re.search(r"^yard( +[▃▄▅]{8}){7} ", text, re.MULTILINE)


def test_a_running_recorder_forecasts_with_other_limits(running: Home) -> None:
    found = running.json("forecast", "--keep-at-least", "continuous=2d,motion=7d", "--delete-after", "never")
    assert found["changed"]["delete_after_seconds"] == {"continuous": None, "motion": None, "protected": None}
    text = running.ask("forecast", "--budget", "100MB", "--delete-after", "never").stdout
    assert "with these limits" in text


@pytest.mark.parametrize(
    ("option", "value", "problem"),
    [
        ("--budget", "plenty", "is neither a share nor a size"),
        ("--keep-at-least", "soon", "is not a duration"),
        ("--delete-after", "1s", "promises more than delete_after leaves"),
    ],
)
def test_limits_that_cannot_be_are_told_with_the_remedy(bare: Home, option: str, value: str, problem: str) -> None:
    result = bare.ask("forecast", option, value)
    assert result.exit_code == 2
    said = " ".join(result.output.replace("│", " ").split())
    assert f"{option} {value}: {problem}" in said


def times(home: Home) -> list[str]:
    first = home.begun.isoformat()
    return ["--from", first, "--to", (home.begun + 2 * HOUR).isoformat()]


@pytest.mark.parametrize("how", ["home", "running"])
def test_footage_is_protected_with_and_without_a_recorder(how: str, request: pytest.FixtureRequest) -> None:
    home: Home = request.getfixturevalue(how)
    assert home.ask("protect").stdout == "nothing is protected\n"
    [made] = home.json("protect", "front-door", *times(home), "--reason", "a burglary")
    assert (made["segments"], made["reason"]) == (2, "a burglary")
    assert re.search(rf"^{made['id']}  front-door .* 2 .* a burglary$", home.ask("protect").stdout, re.MULTILINE)
    assert [step["segments"] for step in home.json("retention", "--dry-run")["planned"]] == [34]
    assert home.json("protect", "--remove", made["id"]) == [made]
    assert "there is no protection" in str(home.ask("protect", "--remove", made["id"]).exception)
    assert home.json("protect") == []


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (["attic", "--from", "1d", "--reason", "x"], "there is no camera attic"),
        (["yard", "--reason", "x"], "say from when on with --from"),
        (["yard", "--from", "1d"], "say why with --reason"),
        (["yard", "--from", "soon", "--reason", "x"], "soon is not a time"),
        (["yard", "--remove", "x"], "--remove takes the id of a protection and no camera"),
    ],
)
def test_what_cannot_be_protected_is_told(bare: Home, arguments: list[str], problem: str) -> None:
    result = bare.ask("protect", *arguments)
    said = " ".join(result.output.replace("│", " ").split())
    assert (result.exit_code, problem in said) == (2, True), said


def test_amounts_read_well() -> None:
    assert [size(n) for n in (0, 999, 1000, 12_340_000, 2 * 10**12)] == ["0 B", "999 B", "1.0 kB", "12.3 MB", "2.0 TB"]
    assert [age(n) for n in (None, 30.0, 90.0, 5400.0, 86_400.0 * 7)] == ["never", "30 s", "1.5 min", "1.5 h", "7 d"]
    assert bars([0, 0.01, 4, 8, 9], 8) == " ▁▄██"
