"""Cameras whose timestamps are not what they were."""

import pytest

from tests.faults.cameras.watched import Watched, stretched
from tests.faults.conftest import Measured

pytestmark = pytest.mark.timeout(240)

LITTLE_JUMP_LOSS_SECONDS = 4
"""ffmpeg hides a jump back by a few seconds: it takes longer to be seen."""


@pytest.mark.fault(10)
@pytest.mark.parametrize("name", ["ahead", "back", "nudged"])
def test_a_jump_begins_a_new_run(watched: dict[str, Watched], name: str, measured: Measured) -> None:
    camera = watched[name]
    gap = camera.closed_gap("timestamp_jump")
    assert camera.restarts("timestamp_jump") == 1
    assert camera.gap_seconds("timestamp_jump") == pytest.approx(gap["duration_seconds"], abs=0.1)
    assert camera.says(r"recording ended \(timestamp_jump\), connecting again in")
    assert camera.causes() == ["timestamp_jump"]
    lost = camera.lost_seconds()
    measured(f"{name}: lost {lost:.1f} s")
    assert lost < stretched(LITTLE_JUMP_LOSS_SECONDS if name == "nudged" else 2)
    assert max(segment["duration_seconds"] for segment in camera.segments()) < 20


@pytest.mark.fault(10)
def test_a_counter_that_wraps_is_no_jump(watched: dict[str, Watched], measured: Measured) -> None:
    camera = watched["wrapping"]
    assert camera.gaps() == []
    assert camera.metric("nvr_ffmpeg_restarts_total", role="recorder") == 0
    lost = camera.lost_seconds()
    measured(f"wrap: lost {lost:.1f} s")
    assert lost < 0.1
