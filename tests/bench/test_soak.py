"""A short soak, as a test of the recorder and of the soak itself."""

from pathlib import Path

import pytest

from ingest.demo.scenes import walker
from tests.bench.sample import MB
from tests.bench.soak import soak
from tests.bench.soak_page import page
from tests.bench.soak_plan import Plan
from tests.bench.verdict import Limits


@pytest.mark.timeout(240)
def test_eight_cameras_lose_nothing_in_a_minute(tmp_path: Path) -> None:
    """A quarter of the cameras of `make soak`: beside other work on two cores nothing must be dropped."""
    plan = Plan(
        cameras=8,
        seconds=60,
        warm_up_seconds=20,
        limits=Limits(resident_bytes=64 * MB, descriptors=12, threads=6),  # the database still warms up
        every_seconds=2.0,
        scenes=(walker(20),),
    )
    result = soak(plan, tmp_path)
    assert result.complaints == []
    assert result.window.added(lambda sample: sample.frames_processed) > 8 * 4.5 * result.window.seconds
    assert result.window.coverage == 1.0
    assert max(result.window.event_seconds) < 10
    assert result.window.cpu.decoders > result.window.cpu.recorders > 0
    assert "Passed." in page(result)


def test_the_environment_says_how_long_and_with_how_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOAK_CAMERAS", "8")
    monkeypatch.setenv("SOAK_MINUTES", "4")
    plan = Plan.of_environment()
    assert (plan.cameras, plan.seconds, plan.warm_up_seconds) == (8, 240, 80)
    assert plan.command == "make soak SOAK_CAMERAS=8 SOAK_MINUTES=4"
    monkeypatch.setenv("SOAK_MINUTES", "long")
    with pytest.raises(SystemExit, match="SOAK_MINUTES=long: give a number of 1 or more"):
        Plan.of_environment()
