"""Row 42: strangers ask the database of a running recorder, and nothing outside of its facts answers."""

import pytest

from tests.e2e.live import LiveRecorder
from tests.exporters.clickhouse.abuse import ABUSE
from tests.faults.conftest import Measured

CODES = {"46", "60", "62", "73", "164", "456", "497"}


@pytest.mark.fault(42)
def test_what_reaches_out_of_the_database_is_refused(recorder: LiveRecorder, measured: Measured) -> None:
    asked = [text for text in ABUSE if text.strip()]
    for text in asked:
        answer = recorder.http.post("/clickhouse/", content=text.encode())
        assert 400 <= answer.status_code < 500, text
        assert answer.headers["X-ClickHouse-Exception-Code"] in CODES, text
        assert "root:" not in answer.text, text
    assert recorder.http.post("/clickhouse/", content="SELECT count() > 0 FROM motion_events").text == "1\n"
    assert recorder.metric("nvr_errors_total") == 0
    measured(f"{len(asked)} of {len(asked)} refused")
