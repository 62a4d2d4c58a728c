"""The printed settings are those that hold, without their secrets."""

from pathlib import Path

import pytest

from nvr.commands.resolved import duration_text, exact_size_text, resolved, resolved_text, size_text
from nvr.config import load
from nvr.settings import Settings

EXAMPLE = Path(__file__).parents[3] / "deploy" / "nvr.example.yaml"


@pytest.fixture
def settings() -> Settings:
    return load(EXAMPLE, {"FRONT_DOOR_PASSWORD": "canary-5f3a"})


def test_what_is_printed_loads_again_as_the_same(settings: Settings, tmp_path: Path) -> None:
    text = resolved_text(settings).replace("***", "canary-5f3a")
    (tmp_path / "again.yaml").write_text(text)
    assert load(tmp_path / "again.yaml", {}) == settings


def test_secrets_are_masked(settings: Settings) -> None:
    text = resolved_text(settings)
    assert "canary" not in text
    assert "rtsp://viewer:***@front-door.example/main" in text


def test_the_token_is_shown_to_be_there_and_no_more(tmp_path: Path) -> None:
    (tmp_path / "nvr.yaml").write_text("web: {token: canary-5f3a}\ncameras: {a: {record: rtsp://a/1}}\n")
    settings = load(tmp_path / "nvr.yaml", {})
    assert "token: '***'" in resolved_text(settings)


def test_never_stays_never(tmp_path: Path) -> None:
    (tmp_path / "nvr.yaml").write_text("storage: {delete_after: never}\ncameras: {a: {record: rtsp://a/1}}\n")
    assert resolved(load(tmp_path / "nvr.yaml", {}))["storage"]["delete_after"] == "never"


@pytest.mark.parametrize(
    ("seconds", "text"), [(0, "0s"), (0.5, "0.5s"), (60, "1m"), (90, "90s"), (86400, "1d"), (30 * 86400, "30d")]
)
def test_durations_are_written_in_their_largest_unit(seconds: float, text: str) -> None:
    assert duration_text(seconds) == text


@pytest.mark.parametrize(
    ("size", "text"),
    [(0, "0B"), (40_300, "40.3kB"), (5 * 10**8, "500MB"), (1536 * 10**6, "1.54GB"), (2 * 10**12, "2TB")],
)
def test_sizes_are_rounded(size: int, text: str) -> None:
    assert size_text(size) == text


@pytest.mark.parametrize(
    ("size", "text"),
    [
        (5 * 10**11, "500GB"),
        (1 << 30, "1GiB"),
        (2 * 10**12, "2TB"),
        (1536 << 20, "1536MiB"),
        (100_000_001, "100000001B"),
    ],
)
def test_a_size_that_may_be_written_again_is_exact(size: int, text: str) -> None:
    assert exact_size_text(size) == text


def test_promises_by_class_and_camera_can_be_loaded_again(tmp_path: Path) -> None:
    (tmp_path / "nvr.yaml").write_text(
        "site: home\ntimezone: UTC\n"
        "storage: {budget: 50GB free, keep_at_least: {motion: 20d}, delete_after: {protected: 365d}}\n"
        "cameras: {a: {record: rtsp://a/1, storage: {budget: 20%, delete_after: never}}}\n"
    )
    settings = load(tmp_path / "nvr.yaml", {})
    (tmp_path / "again.yaml").write_text(resolved_text(settings))
    assert load(tmp_path / "again.yaml", {}) == settings


def test_a_schedule_can_be_loaded_again(tmp_path: Path) -> None:
    (tmp_path / "nvr.yaml").write_text(
        "timezone: UTC\n"
        "cameras: {yard: {record: rtsp://camera.example/main, recording: {mode: off, schedule: ["
        "{days: fri-sun, from: '22:00:30', to: '06:00', mode: motion}, {mode: continuous, days: wed}]}}}\n"
    )
    settings = load(tmp_path / "nvr.yaml", {})
    (tmp_path / "again.yaml").write_text(resolved_text(settings))
    assert load(tmp_path / "again.yaml", {}) == settings


def test_a_channel_can_be_loaded_again_and_its_address_is_nowhere(tmp_path: Path) -> None:
    (tmp_path / "nvr.yaml").write_text(
        "site: home\ntimezone: UTC\nalerts: builtin\n"
        "notifications: {receivers: {people: {channels: {text: {url_file: ./text, kind: sms, min_severity: critical,"
        " quiet_hours: 22:00-07:00, send_resolved: false}}}}}\n"
        "cameras: {a: {record: rtsp://a/1}}\n"
    )
    (tmp_path / "text").write_text("tgram://123456789:canary-5f3a/lead2gold/")
    (tmp_path / "text").chmod(0o600)
    settings = load(tmp_path / "nvr.yaml", {})
    text = resolved_text(settings)
    assert "canary" not in text + repr(settings)
    (tmp_path / "again.yaml").write_text(text.replace("***", "tgram://123456789:canary-5f3a/lead2gold/"))
    assert load(tmp_path / "again.yaml", {}) == settings
