"""From what Alertmanager sends to what channels take: once each, in their words, whatever fails beside them."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from exporters.notify.webhook import group_of
from nvr.alert import Alert
from nvr.settings import ChannelSettings, QuietHours
from tests.exporters.notify.alerts import NOON, alert, body
from tests.exporters.notify.desk import Desk
from tests.exporters.notify.sinks import HttpSink

MINUTE = timedelta(minutes=1)
OVER = replace(alert(), end=NOON + MINUTE)


def chat(sink: HttpSink, name: str = "chat", **more: Any) -> ChannelSettings:
    return ChannelSettings(name, f"json://{sink.host}/{name}", **({"kind": "chat"} | more))


def said(sink: HttpSink) -> list[str]:
    return [json.loads(taken)["message"] for taken in sink.taken]


async def receive(desk: Desk, *alerts: Alert) -> int:
    return await desk.notifier.receive("people", group_of(body(*alerts), desk.time))


def at_desk(
    folder: Path, scenario: Callable[[Desk], Awaitable[None]], *channels: ChannelSettings, time: Any = NOON
) -> None:
    async def run() -> None:
        desk = Desk(folder, time, *channels)
        try:
            await scenario(desk)
        finally:
            await desk.notifier.close()

    asyncio.run(run())


def test_an_alert_is_told_once_and_its_end_too(tmp_path: Path) -> None:
    async def scenario(desk: Desk) -> None:
        async with desk.running():
            assert [await receive(desk, alert()) for _ in range(3)] == [1, 0, 0]
            desk.time += MINUTE
            assert [await receive(desk, OVER) for _ in range(3)] == [1, 0, 0]
            await desk.until(lambda: len(sink.taken) == 2)
            await desk.until(lambda: any(isinstance(f, Alert) and len(f.told) == 2 for f in desk.facts.kept))

    with HttpSink() as sink:
        at_desk(tmp_path, scenario, chat(sink))
        assert said(sink)[0].startswith("CAMERA_OFFLINE: Camera front-door at home is offline, since 13:00:00 https://")
        assert said(sink)[1].startswith("CAMERA_RECOVERED: Camera front-door at home is back after 1 min https://")
        assert [json.loads(taken)["type"] for taken in sink.taken] == ["failure", "success"]


def test_a_group_is_one_message_and_what_joins_it_later_another(tmp_path: Path) -> None:
    async def scenario(desk: Desk) -> None:
        async with desk.running():
            assert await receive(desk, alert(1), alert(2)) == 2
            assert await receive(desk, alert(1), alert(2), alert(3)) == 1
            await desk.until(lambda: len(sink.taken) == 2)

    with HttpSink() as sink:
        at_desk(tmp_path, scenario, chat(sink))
        assert [len(text.splitlines()) for text in said(sink)] == [2, 1]


def test_a_channel_that_fails_delays_and_repeats_no_other(tmp_path: Path) -> None:
    async def scenario(desk: Desk) -> None:
        async with desk.running():
            for number in range(5):
                await receive(desk, alert(number))
            await desk.until(lambda: len(good.taken) == 5)
            await desk.until(lambda: desk.telemetry.tried["people/bad", "failed"] > 0)
            bad.status = 200
            await desk.until(lambda: len(bad.taken) == 5)
        assert len(good.taken) == 5
        assert desk.telemetry.tried["people/good", "delivered"] == 5

    with HttpSink() as good, HttpSink() as bad:
        bad.status = 500
        at_desk(tmp_path, scenario, chat(good, "good"), chat(bad, "bad"))


def test_what_was_answered_with_success_is_delivered_after_the_next_start(tmp_path: Path) -> None:
    async def before(desk: Desk) -> None:
        await receive(desk, alert())

    async def after(desk: Desk) -> None:
        assert await receive(desk, alert()) == 0
        async with desk.running():
            await desk.until(lambda: len(sink.taken) == 1)

    with HttpSink() as sink:
        at_desk(tmp_path, before, chat(sink))
        at_desk(tmp_path, after, chat(sink))


def test_each_channel_hears_what_weighs_enough_and_ends_where_it_wants_to(tmp_path: Path) -> None:
    async def scenario(desk: Desk) -> None:
        async with desk.running():
            await receive(desk, alert(1, severity="warning"), alert(2))
            await receive(desk, replace(alert(2), end=NOON))
            await desk.until(lambda: len(all_of_it.taken) == 2 and len(critical.taken) == 1)
            await desk.until(lambda: len(desk.telemetry.tried) == 2)

    with HttpSink() as all_of_it, HttpSink() as critical:
        only = chat(critical, "critical", min_severity="critical", send_resolved=False)
        at_desk(tmp_path, scenario, chat(all_of_it), only)
        assert (len(said(all_of_it)[0].splitlines()), len(said(critical)[0].splitlines())) == (2, 1)


def test_in_quiet_hours_only_what_is_critical_is_told(tmp_path: Path) -> None:
    async def scenario(desk: Desk) -> None:
        async with desk.running():
            await receive(desk, alert(1, severity="warning"))
            await receive(desk, alert(2))
            await desk.until(lambda: desk.telemetry.tried["people/chat", "delivered"] > 0)
        assert len(sink.taken) == 1

    with HttpSink() as sink:
        hours = QuietHours((NOON - MINUTE).time().replace(hour=12), (NOON + 2 * MINUTE).time().replace(hour=14))
        at_desk(tmp_path, scenario, chat(sink, quiet_hours=hours))


def test_an_sms_gateway_gets_at_most_160_characters_without_a_title(tmp_path: Path) -> None:
    async def scenario(desk: Desk) -> None:
        long = replace(alert(), annotations={"summary": "very long " * 40})
        async with desk.running():
            await receive(desk, long)
            await desk.until(lambda: len(sink.taken) == 1)

    with HttpSink() as sink:
        at_desk(tmp_path, scenario, chat(sink, kind="sms"))
        assert len(said(sink)[0]) == 160
        assert json.loads(sink.taken[0])["title"] == ""


def test_an_address_that_apprise_does_not_know_is_refused_and_the_others_go_on(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async def scenario(desk: Desk) -> None:
        async with desk.running():
            await receive(desk, alert())
            await desk.until(lambda: len(sink.taken) == 1)
            await desk.until(lambda: desk.telemetry.tried["people/wrong", "refused"] == 1)

    with HttpSink() as sink:
        at_desk(tmp_path, scenario, ChannelSettings("wrong", "nope://canary", "chat"), chat(sink))
    assert "the channel people/wrong cannot be used" in caplog.text
    ours = [record.getMessage() for record in caplog.records if record.name != "apprise"]  # which reaches no log
    assert not [line for line in ours if "canary" in line]


def test_while_the_database_is_away_the_latest_are_known(tmp_path: Path) -> None:
    async def scenario(desk: Desk) -> None:
        await receive(desk, alert(1), alert(2, NOON - MINUTE))
        found, note = await desk.notifier.history(None, "firing", NOON + MINUTE, limit=9)
        assert ([each.fingerprint[-1] for each in found], bool(note)) == (["1", "2"], True)
        taken = await desk.notifier.acknowledge(alert(1).id, "ann")
        assert taken is not None
        assert taken.acknowledged_by == "ann"
        assert desk.facts.kept[-1] == taken

    at_desk(tmp_path, scenario)
