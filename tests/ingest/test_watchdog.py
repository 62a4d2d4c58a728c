from dataclasses import replace

import pytest

from ingest.watchdog import Vitals, verdict
from nvr.model import Cause

WELL = Vitals(
    now=100.0,
    started=50.0,
    first_frame=52.0,
    last_growth=99.5,
    waits_for_disk=False,
    has_drifted=False,
)
CONNECTING = replace(WELL, first_frame=None, last_growth=50.0)


@pytest.mark.parametrize(
    ("vitals", "cause"),
    [
        (WELL, None),
        (replace(CONNECTING, now=64.9), None),
        (replace(CONNECTING, now=65.1), Cause.TIMEOUT),
        (replace(CONNECTING, now=65.1, waits_for_disk=True), Cause.STUCK_IO),
        (replace(WELL, last_growth=95.1), None),
        (replace(WELL, last_growth=94.9), Cause.STALLED),
        (replace(WELL, last_growth=94.9, waits_for_disk=True), Cause.STUCK_IO),
        (replace(WELL, waits_for_disk=True), None),
        (replace(WELL, has_drifted=True), Cause.TIMESTAMP_JUMP),
    ],
)
def test_a_run_is_ended_for_its_cause(vitals: Vitals, cause: Cause | None) -> None:
    assert verdict(vitals, None) is cause


def test_what_the_process_complains_of_explains_why_no_picture_comes() -> None:
    assert verdict(replace(CONNECTING, now=70.0), Cause.CODEC) is Cause.CODEC
