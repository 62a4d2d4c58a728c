from collections.abc import Callable
from typing import Any

import pytest

from tests.bench.sample import MB, Sample, Usage
from tests.bench.verdict import Limits, Window, complaints

FIRST_GAP = {"camera": "yard", "start": "2026-11-22T17:00:00Z", "end": "2026-11-22T17:00:02Z", "cause": "config_change"}


def sample(seconds: float, **changes: Any) -> Sample:
    """Of a recorder that does all it should, every second."""
    values: dict[str, Any] = {
        "seconds": seconds,
        "cpu": Usage(seconds * 0.1, seconds * 0.01, seconds * 0.05, seconds * 0.02, seconds * 0.5),
        "resident_bytes": 300 * MB,
        "children_bytes": 100 * MB,
        "descriptors": 60,
        "threads": 30,
        "children": 2,
        "frames_received": seconds * 15,
        "frames_processed": seconds * 5,
        "frames_dropped": 0,
        "judging_seconds": seconds * 0.005,
        "recorded": {"yard": seconds - 2},
        "expected": {"yard": seconds},
        "restarts": 0,
        "errors": 0,
        "rows_lost": 0,
        "events": 0,
        "queue_length": 0,
        "spool_bytes": 0,
        "frame_lag": (),
        "loop_lag": (),
    }
    return Sample(**{**values, **changes})


def window(
    change: Callable[[float], dict[str, Any]] = lambda _: {}, gaps: tuple[dict[str, Any], ...] = (FIRST_GAP,)
) -> Window:
    times = [60.0 + 5 * number for number in range(60)]
    return Window([sample(seconds, **change(seconds)) for seconds in times], gaps)


def test_a_recorder_that_does_all_it_should_passes() -> None:
    assert complaints(window(), Limits()) == []


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        (lambda s: {"resident_bytes": 300 * MB + s * 0.1 * MB}, "20 MB of resident memory were added"),
        (lambda s: {"descriptors": 60 + s // 20}, "10 open descriptors were added"),
        (lambda s: {"threads": 30 + s // 20}, "10 threads were added"),
        (lambda s: {"recorded": {"yard": s * 0.98}}, "yard: 5.9 s of footage not counted"),
        (lambda _: {"frames_dropped": 7}, "7 frames dropped"),
        (lambda _: {"rows_lost": 7}, "7 rows lost"),
        (lambda _: {"errors": 7}, "7 errors"),
    ],
)
def test_what_grows_or_is_lost_is_told(change: Callable[[float], dict[str, Any]], complaint: str) -> None:
    [found] = complaints(window(change), Limits())
    assert found.startswith(complaint)


def test_a_second_without_footage_is_told() -> None:
    held = window()
    found = Window(held.samples, held.gaps, {"yard": 1.2, "door": 0.0})
    assert complaints(found, Limits()) == ["yard: 1.2 s without footage"]
    assert found.coverage == pytest.approx(1 - 1.2 / 295)


def test_a_single_peak_is_no_growth() -> None:
    assert complaints(window(lambda s: {"descriptors": 90 if s == 355 else 60}), Limits()) == []


def test_only_a_cameras_first_gap_is_forgiven_and_only_when_it_ended() -> None:
    later = {**FIRST_GAP, "start": "2026-11-22T17:03:00Z", "cause": "eof"}
    assert complaints(window(gaps=(later, FIRST_GAP)), Limits()) == ["yard: a gap at 2026-11-22T17:03:00Z (eof)"]
    assert len(complaints(window(gaps=({**FIRST_GAP, "end": None},)), Limits())) == 1


def test_figures_are_of_the_window() -> None:
    measured = window()
    assert measured.seconds == 295
    assert measured.judging_seconds == pytest.approx(0.001)
    assert measured.coverage == 1
    assert measured.cpu.others == pytest.approx(295 * (0.5 - 0.18))
