"""Alertmanager's payload: read as it is, and refused where it is none."""

import json
from datetime import timedelta
from typing import Any

import pytest

from exporters.notify.webhook import MOST_ALERTS, Unreadable, group_of
from tests.exporters.notify.alerts import NOON, alert, body, sent

HOUR = timedelta(hours=1)


def test_alerts_are_read_as_they_were_sent() -> None:
    over = alert(2, end=NOON + timedelta(minutes=5))
    group = group_of(body(alert(1), over), NOON + HOUR)
    assert group.alerts == (alert(1), over)
    assert group.alerts[1].event == "CAMERA_RECOVERED"


def test_an_alert_that_is_sent_twice_in_one_payload_is_one() -> None:
    assert group_of(body(alert(1), alert(1)), NOON).alerts == (alert(1),)


def test_times_to_the_nanosecond_and_ends_in_the_future_are_taken() -> None:
    payload = sent(alert(1, end=NOON + 2 * HOUR))
    payload["alerts"][0]["startsAt"] = "2026-11-22T12:00:00.123456789Z"
    [found] = group_of(json.dumps(payload).encode(), NOON + HOUR).alerts
    assert (found.start, found.end) == (NOON + timedelta(milliseconds=123), NOON + HOUR)


def test_without_a_fingerprint_the_labels_are_one() -> None:
    payload = sent(alert(1), alert(1, camera="yard"))
    for each in payload["alerts"]:
        del each["fingerprint"]
    found = group_of(json.dumps(payload).encode(), NOON).alerts
    assert len({each.id for each in found}) == 2


def test_what_would_break_a_mail_or_a_log_is_taken_out_of_texts() -> None:
    payload = sent(alert(1))
    payload["alerts"][0]["annotations"] = {"summary": "a\r\nBcc: x\x00\ud800" + "y" * 9000}
    [found] = group_of(json.dumps(payload).encode(), NOON).alerts
    assert found.summary.startswith("a \nBcc: x ?y")
    assert len(found.summary) == 2000


def broken(**changes: Any) -> bytes:
    return json.dumps(sent(alert(1)) | changes).encode()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff",
        b"[" * 100_000,
        b"[]",
        broken(version="3"),
        broken(alerts=None),
        broken(groupKey=7),
        broken(alerts=[7]),
        broken(alerts=[{"status": "pending"}]),
        broken(alerts=[{"status": "firing", "labels": {}, "startsAt": "yesterday"}]),
        broken(alerts=[{"status": "firing", "labels": {"a": 1}, "startsAt": "2026-11-22T12:00:00Z"}]),
        broken(alerts=[{"status": "firing", "labels": {}, "startsAt": "9999-12-31T23:59:59-12:00"}]),
        broken(alerts=[{"status": "firing", "labels": {str(n): "" for n in range(65)}}]),
        broken(alerts=sent(*(alert(n) for n in range(MOST_ALERTS + 1)))["alerts"]),
    ],
    ids=range(14),
)
def test_what_is_no_payload_is_unreadable(content: bytes) -> None:
    with pytest.raises(Unreadable):
        group_of(content, NOON)
