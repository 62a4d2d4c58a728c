"""The metrics as Prometheus sees them: a whole scrape against a golden file, and what the golden file cannot say.

Rewrite the golden file, after reading the difference, with `UPDATE_GOLDEN=1 pytest tests/exporters/test_metrics.py`.
"""

import os
import re
import shutil
import subprocess
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import get_args

import pytest
from prometheus_client import generate_latest
from prometheus_client.openmetrics.exposition import generate_latest as generate_openmetrics
from prometheus_client.parser import text_string_to_metric_families

from exporters.anomaly import Comparison
from exporters.metrics import Metrics
from exporters.web.scrape import OPENMETRICS, TEXT, written
from nvr.model import Cause, MotionEvent, SceneChange, Segment, Tombstone
from nvr.ports import DropReason, Telemetry
from tests.exporters.statuses import NOON, FixedStatus, camera_status, never_seen, volume_status

GOLDEN = Path(__file__).parent / "golden" / "metrics.prom"
REFERENCE = Path(__file__).parents[2] / "docs" / "reference" / "metrics.md"
MINUTE = timedelta(minutes=1)
SEGMENT = Segment("front-door-20261122T120000.000Z", "front-door", NOON, 60.0, 1000, "x.mp4", "h264", 1920, 1080)
EVENT = MotionEvent(
    id=MotionEvent.identity("front-door", NOON),
    camera="front-door",
    start=NOON,
    end=None,
    peak=0.1,
    box=(0.1, 0.1, 0.2, 0.2),
    zones=("porch",),
    footage_start=NOON,
    footage_end=None,
)
CLOSED = replace(EVENT, end=NOON + timedelta(seconds=12), zones=("porch", "street"), footage_end=NOON + MINUTE)


def scenario() -> Metrics:
    """Every metric in use: one camera with a history, one that never answered."""
    metrics = Metrics("home")
    metrics.watch(FixedStatus([camera_status("front-door"), never_seen("yard")], [volume_status("front-door", "yard")]))
    for camera in ("front-door", "yard"):
        metrics.add(camera)
    happen(metrics)
    metrics.spans = lambda: {"sent": 12, "failed": 0, "dropped": 0}
    metrics.motion_compared({"front-door": Comparison(4.5, 0.5, 0.1)})
    metrics.request_served("/api/cameras", "GET", 0.004)
    metrics.segments_last(60.0)
    metrics.reached_at("https://nvr.example", "https://nvr.example/runbooks/", "https://grafana.example")
    metrics.channel_added("people/mail")
    metrics.delivery_tried("people/mail", "delivered", 1.2)
    metrics.deliveries_dropped(2)
    metrics.webhook_answered(503)
    metrics.configuration_used(NOON)
    metrics.configuration_refused()
    return metrics


def happen(telemetry: Telemetry) -> None:
    telemetry.connected("front-door", "ok")
    telemetry.connected("yard", "failed")
    telemetry.frames_received("front-door", 10)
    telemetry.frames_dropped("front-door", "queue_full", 2)
    telemetry.frame_processed("front-door", 0.2, 0.00007)
    telemetry.ffmpeg_restarted("yard", "recorder", Cause.REFUSED)
    telemetry.recording_expected("front-door", 60.0)
    telemetry.footage_recorded("front-door", 60.0, 1000)
    telemetry.segment_recorded(SEGMENT)
    telemetry.gap_grew("front-door", Cause.EOF, 12.5)
    telemetry.motion_event_opened(EVENT)
    telemetry.motion_event_closed(CLOSED)
    telemetry.scene_changed("front-door", SceneChange.LIGHT)
    telemetry.segment_deleted(Tombstone(SEGMENT, NOON + MINUTE, "budget"))
    telemetry.rows_inserted("segments", "ok", 5, 0.006)
    telemetry.rows_inserted("segments", "failed", 5, 3.0)
    telemetry.rows_dropped("activity", 4)
    telemetry.clock_stepped(-12.0)
    telemetry.event_loop_lagged(0.002)
    telemetry.failed("retention")


def scrape(metrics: Metrics) -> str:
    """Our own series; those of the process and of Python differ from one run to the next."""
    lines = generate_latest(metrics.registry).decode().splitlines(keepends=True)
    return re.sub(r'(?<=version=")[^"]*', "VERSION", "".join(line for line in lines if "nvr_" in line))


def families(metrics: Metrics) -> dict[str, tuple[str, set[str]]]:
    """Name, with the suffix of counters, to type and labels."""
    found = {}
    for family in text_string_to_metric_families(scrape(metrics)):
        name = f"{family.name}_total" if family.type == "counter" else family.name
        labels = {label for sample in family.samples for label in sample.labels} - {"le"}
        found[name] = family.type, labels
    return found


def test_scrape_equals_the_golden_file() -> None:
    text = scrape(scenario())
    if os.environ.get("UPDATE_GOLDEN"):
        GOLDEN.write_text(text)
    assert text == GOLDEN.read_text()


def test_promtool_finds_nothing_to_say() -> None:
    promtool = shutil.which("promtool")
    if promtool is None:
        pytest.skip("promtool is not installed (Debian: apt-get install prometheus)")
    run = subprocess.run(
        [promtool, "check", "metrics"], input=generate_latest(scenario().registry), capture_output=True, check=False
    )
    ours = [line for line in (run.stdout + run.stderr).decode().splitlines() if "nvr_" in line]
    assert (run.returncode, ours) == (0, [])


def test_every_metric_is_documented_with_type_and_labels() -> None:
    row = re.compile(r"^\| `(nvr_\w+)` \| (\w+) \|([^|]*)\|", re.MULTILINE)
    documented = {
        name: (kind, set(re.findall(r"`(\w+)`", labels)) | {"site"})
        for name, kind, labels in row.findall(REFERENCE.read_text())
    }
    assert documented == families(scenario())


def test_every_series_carries_the_site() -> None:
    assert all("site" in labels for _, labels in families(scenario()).values())


def test_openmetrics_ends_properly_and_has_no_created_series() -> None:
    text = generate_openmetrics(scenario().registry).decode()  # type: ignore[no-untyped-call]
    assert text.endswith("# EOF\n")
    assert "_created" not in text


def test_a_removed_camera_leaves_no_series() -> None:
    metrics = Metrics("home")
    status = FixedStatus([camera_status("front-door"), camera_status("yard")], [volume_status("front-door", "yard")])
    metrics.watch(status)
    metrics.add("front-door")
    metrics.add("yard")
    happen(metrics)
    status.camera_statuses, status.volume_statuses = [camera_status("yard")], [volume_status("yard")]
    metrics.forget("front-door")
    assert "front-door" not in scrape(metrics)
    assert 'camera="yard"' in scrape(metrics)


def test_a_camera_starts_with_its_counters_at_zero() -> None:
    metrics = Metrics("home")
    metrics.add("yard")
    assert 'nvr_recording_seconds_total{camera="yard",site="home"} 0.0' in scrape(metrics)
    assert "reason=" not in scrape(metrics)


def test_events_in_two_zones_count_once_in_the_total() -> None:
    text = scrape(scenario())
    for zone in ("", "porch", "street"):
        assert f'nvr_motion_events_total{{camera="front-door",site="home",zone="{zone}"}} 1.0' in text


def test_an_event_that_closes_without_having_opened_still_counts() -> None:
    metrics = Metrics("home")
    metrics.motion_event_closed(CLOSED)
    assert 'zone=""} 1.0' in scrape(metrics)
    assert 'zone="street"} 1.0' in scrape(metrics)


def test_a_clock_that_ran_backwards_raises_nothing() -> None:
    metrics = Metrics("home")
    metrics.gap_grew("yard", Cause.CLOCK_STEP, -60.0)
    metrics.recording_expected("yard", -1.0)
    metrics.footage_recorded("yard", -1.0, -1)
    metrics.motion_event_closed(replace(CLOSED, end=NOON - MINUTE))
    assert "} -" not in scrape(metrics)


def test_process_and_python_are_measured_too() -> None:
    text = generate_latest(Metrics("home").registry).decode()
    assert "process_cpu_seconds_total" in text
    assert "python_info" in text


def test_two_sites_in_one_process_do_not_meet() -> None:
    first, second = Metrics("home"), Metrics("office")
    first.clock_stepped(-12.0)
    assert 'nvr_clock_steps_total{site="office"} 0.0' in scrape(second)


def in_trouble(names: Sequence[str]) -> Metrics:
    """Cameras that have met with nearly everything that there is a label for."""
    metrics = Metrics("home")
    metrics.watch(FixedStatus([camera_status(name) for name in names], [volume_status(*names)]))
    metrics.motion_compared({name: Comparison(4.5, 0.5, 0.1) for name in names})
    for name in names:
        metrics.add(name)
        for cause in Cause:
            metrics.gap_grew(name, cause, 1.0)
            metrics.ffmpeg_restarted(name, "recorder", cause)
        for cause in (Cause.EOF, Cause.STALLED, Cause.CODEC, Cause.CRASH, Cause.OOM):
            metrics.ffmpeg_restarted(name, "decoder", cause)
        for reason in get_args(DropReason):
            metrics.frames_dropped(name, reason, 1)
        for kind in SceneChange:
            metrics.scene_changed(name, kind)
        metrics.motion_event_opened(replace(EVENT, camera=name, zones=("porch", "street", "yard")))
    return metrics


CAMERAS = [f"camera-{number}" for number in range(64)]


def test_sixty_four_cameras_in_trouble_stay_within_the_bound_of_series() -> None:
    lines = generate_latest(in_trouble(CAMERAS).registry).decode().splitlines()
    assert 64 * 80 < len(lines) < 8000


def cpu_seconds(work: Callable[[], object]) -> float:
    """The best of several: what else the machine does is not ours."""

    def once() -> float:
        began = time.thread_time()
        work()
        return time.thread_time() - began

    return min(once() for _ in range(10))


@pytest.mark.parametrize("form", [TEXT, OPENMETRICS])
def test_a_scrape_of_sixty_four_cameras_in_trouble_is_cheap(form: str) -> None:
    """100 ms on a machine that adds up a million numbers in 30 ms; others share their caches, or are slower."""
    registry = in_trouble(CAMERAS).registry
    slowness = max(1.0, cpu_seconds(lambda: sum(number + 1 for number in range(1_000_000))) / 0.03)
    assert cpu_seconds(lambda: written(registry, form)) < 0.1 * slowness


def test_what_needs_no_escaping_is_written_as_the_library_does() -> None:
    registry = scenario().registry
    assert ours(written(registry, TEXT)) == ours(generate_latest(registry))
    assert ours(written(registry, OPENMETRICS)) == ours(generate_openmetrics(registry))  # type: ignore[no-untyped-call]


def ours(content: bytes) -> list[bytes]:
    return [line for line in content.splitlines() if b"nvr_" in line]


def test_a_tenth_of_the_cameras_costs_a_tenth_or_so() -> None:
    """Nothing grows faster than the cameras do."""
    few, many = (len(generate_latest(in_trouble(CAMERAS[:count]).registry)) for count in (6, 60))
    assert many < 11 * few
