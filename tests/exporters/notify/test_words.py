"""What people read, and what an outage was."""

from dataclasses import replace
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from exporters.notify import words
from exporters.notify.outage import Outage, outage_of
from exporters.notify.words import Place, Story
from nvr.alert import Alert
from nvr.model import Cause, Gap
from tests.exporters.notify.alerts import NOON, alert

HOME = Place("home", ZoneInfo("Europe/Berlin"), "https://nvr.example/alerts")
SECOND = timedelta(seconds=1)
OVER = alert(end=NOON + 300 * SECOND)
BACK = Story(OVER, Outage(NOON - 70 * SECOND, NOON + 64 * SECOND, "eof"), "https://nvr.example/watch?x", "")
GONE = Story(alert(), Outage(NOON - 70 * SECOND, None, "eof"), "https://nvr.example/watch?x", "", NOON - 71 * SECOND)


def test_an_email_says_what_since_when_and_where_to_look() -> None:
    text = words.email([GONE], HOME, NOON)
    assert words.title([GONE], HOME, NOON) == "[CRITICAL] Camera front-door at home is offline"
    assert text.splitlines() == [
        "CAMERA_OFFLINE (critical) at home",
        "",
        "Camera front-door at home is offline",
        "No picture has come from it.",
        "",
        "Camera: front-door",
        "Since: Sun 22 Nov 2026 12:58:50 CET",
        "Cause: eof",
        "Picture: of Sun 22 Nov 2026 12:58:49 CET, attached",
        "Footage: https://nvr.example/watch?x",
        "",
        "All alerts: https://nvr.example/alerts",
    ]


def test_a_recovery_tells_the_outages_length_and_cause() -> None:
    assert words.title([BACK], HOME, NOON) == "[RECOVERED] Camera front-door at home is back after 2 min 14 s (eof)"
    assert "Outage: 2 min 14 s, from Sun 22 Nov 2026 12:58:50 CET to " in words.email([BACK], HOME, NOON)
    assert words.sms([BACK], HOME, NOON) == (
        "CAMERA_RECOVERED: Camera front-door at home is back after 2 min 14 s (eof)"
    )


def test_what_is_no_camera_is_over() -> None:
    low = alert(end=NOON + SECOND, event="STORAGE_LOW", camera="")
    story = Story(replace(low, annotations={"summary": "Storage at home is low"}), outage_of(low, []))
    assert words.chat([story], HOME, NOON) == "STORAGE_LOW_RESOLVED: Over after 1 s: Storage at home is low"


def test_a_camera_that_was_degraded_is_not_said_to_be_back() -> None:
    worse = alert(end=NOON + SECOND, event="CAMERA_DEGRADED")
    story = Story(replace(worse, annotations={"summary": "Camera front-door is not recorded"}), outage_of(worse, []))
    assert words.title([story], HOME, NOON) == "[RECOVERED] Over after 1 s: Camera front-door is not recorded"


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize("summary", ["short", "a very long one " * 30, "Türe \N{BELL} weg\nzweite Zeile " * 9])
def test_an_sms_has_at_most_160_ascii_characters_in_one_line(summary: str, count: int) -> None:
    story = replace(GONE, alert=replace(GONE.alert, annotations={"summary": summary}))
    text = words.sms([story] * count, HOME, NOON)
    assert len(text) <= 160
    assert text.isascii()
    assert "\n" not in text
    assert ("(+2 more)" in text) == (count == 3)


def test_chat_is_a_line_for_each_and_counts_the_rest() -> None:
    lines = words.chat([GONE] * 12, HOME, NOON).splitlines()
    assert lines[0] == (
        "CAMERA_OFFLINE: Camera front-door at home is offline, since 12:58:50 https://nvr.example/watch?x"
    )
    assert (len(lines), lines[-1]) == (11, "and 2 more")


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, "0 s"), (59.6, "1 min"), (134, "2 min 14 s"), (3600, "1 h"), (3605, "1 h"), (90000, "1 d 1 h")],
)
def test_lengths_are_told_in_their_two_largest_units(seconds: float, text: str) -> None:
    assert words.length(seconds) == text


def gap(start: int, end: int | None, cause: Cause = Cause.EOF) -> Gap:
    return Gap("front-door", NOON + start * SECOND, None if end is None else NOON + end * SECOND, cause)


@pytest.mark.parametrize(
    ("found", "gaps", "outage"),
    [
        (alert(), [], Outage(NOON, None)),
        (alert(), [gap(-60, None)], Outage(NOON - 60 * SECOND, None, "eof")),
        (OVER, [gap(-60, 200)], Outage(NOON - 60 * SECOND, NOON + 200 * SECOND, "eof")),
        (OVER, [gap(-3600, -3500), gap(-60, 200)], Outage(NOON - 60 * SECOND, NOON + 200 * SECOND, "eof")),
        (OVER, [gap(-60, 90), gap(91, 200, Cause.REFUSED)], Outage(NOON - 60 * SECOND, NOON + 200 * SECOND, "eof")),
        (OVER, [gap(400, None)], Outage(NOON, NOON + 300 * SECOND)),
        (OVER, [gap(-90, -30, Cause.STALLED)], Outage(NOON - 90 * SECOND, NOON - 30 * SECOND, "stalled")),
    ],
)
def test_an_outage_is_the_gap_that_the_alert_means(found: Alert, gaps: list[Gap], outage: Outage) -> None:
    assert outage_of(found, gaps) == outage
