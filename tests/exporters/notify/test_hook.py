"""A webhook of the user's own, over real HTTP: what it is sent, and what becomes of it when it does not take it."""

import json
import socket
import time
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from exporters.delivery import NotDelivered
from exporters.notify.hook import PATIENCE_SECONDS, Hook
from nvr.settings import ChannelSettings
from tests.exporters.notify.alerts import NOON, alert
from tests.exporters.notify.desk import Desk
from tests.exporters.notify.sinks import HttpSink
from tests.exporters.notify.test_notifier import at_desk, receive

TOKEN = "canary-of-the-hook"


def hook(sink: HttpSink, token: str | None = None) -> ChannelSettings:
    return ChannelSettings("automation", f"http://{sink.host}/nvr", "webhook", token=token)


def test_it_is_sent_all_that_is_known_and_the_end_too(tmp_path: Path) -> None:
    over = replace(alert(), end=NOON + timedelta(minutes=1))

    async def scenario(desk: Desk) -> None:
        async with desk.running():
            await receive(desk, alert())
            await desk.until(lambda: len(sink.taken) == 1)
            desk.time += timedelta(minutes=1)
            await receive(desk, over)
            await desk.until(lambda: len(sink.taken) == 2)
            await desk.until(lambda: desk.telemetry.tried["people/automation", "delivered"] == 2)

    with HttpSink() as sink:
        at_desk(tmp_path, scenario, hook(sink, TOKEN))
        first, last = (json.loads(taken) for taken in sink.taken)
        assert [first[key] for key in ("version", "site", "receiver", "status")] == ["1", "home", "people", "firing"]
        [told] = first["alerts"]
        assert (told["event"], told["camera"], told["id"]) == ("CAMERA_OFFLINE", "front-door", alert().id)
        assert told["labels"] == dict(alert().labels)
        assert told["annotations"] == dict(alert().annotations)
        assert told["outage"] == {"start": "2026-11-22T12:00:00.000Z", "end": None, "cause": None}
        assert told["watch_url"].startswith("https://nvr.example/watch?camera=front-door&")
        assert (last["status"], last["alerts"][0]["event"]) == ("resolved", "CAMERA_RECOVERED")
        assert last["alerts"][0]["outage"]["end"] == "2026-11-22T12:01:00.000Z"
        assert {each["Authorization"] for each in sink.headers} == {f"Bearer {TOKEN}"}
        assert {each["Content-Type"] for each in sink.headers} == {"application/json"}


def test_one_that_fails_is_tried_again_under_the_same_key_and_delays_no_other(tmp_path: Path) -> None:
    async def scenario(desk: Desk) -> None:
        async with desk.running():
            await receive(desk, alert())
            await desk.until(lambda: len(other.taken) == 1 and len(sink.headers) == 2)
            sink.status = 200
            await desk.until(lambda: len(sink.taken) == 1)

    with HttpSink() as sink, HttpSink() as other:
        sink.status = 503
        at_desk(tmp_path, scenario, hook(sink), replace(hook(other), name="other"))
        assert len({each["Idempotency-Key"] for each in sink.headers}) == 1
        assert "Authorization" not in sink.headers[0]


def test_what_can_never_be_taken_is_given_up(tmp_path: Path) -> None:
    async def scenario(desk: Desk) -> None:
        async with desk.running():
            await receive(desk, alert())
            await desk.until(lambda: desk.telemetry.tried["people/automation", "refused"] == 1)

    with HttpSink() as sink:
        sink.status = 422
        at_desk(tmp_path, scenario, hook(sink))
        assert len(sink.headers) == 1


def test_one_that_does_not_answer_is_left_after_five_seconds(tmp_path: Path) -> None:
    async def scenario(_: Desk) -> None:
        began = time.monotonic()
        with pytest.raises(NotDelivered, match="no answer within 5 s"):
            await Hook("people/automation", ChannelSettings("automation", url, "webhook")).post(b"{}", "key")
        assert PATIENCE_SECONDS - 0.5 < time.monotonic() - began < 3 * PATIENCE_SECONDS

    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}/"
        at_desk(tmp_path, scenario)


@pytest.mark.parametrize("status", [301, 401, 404, 429, 500])
def test_nobody_is_followed_elsewhere_and_what_may_be_mended_is_tried_again(tmp_path: Path, status: int) -> None:
    async def scenario(_: Desk) -> None:
        with pytest.raises(NotDelivered, match=f"it answered with {status}") as raised:
            await Hook("people/automation", hook(sink, TOKEN)).post(b"{}", "key")
        assert not raised.value.for_good
        assert TOKEN not in repr(hook(sink, TOKEN)) + repr(Hook("people/automation", hook(sink, TOKEN)))

    with HttpSink() as sink:
        sink.status = status
        at_desk(tmp_path, scenario)


def test_one_that_is_not_there_says_so(tmp_path: Path) -> None:
    async def scenario(_: Desk) -> None:
        with pytest.raises(NotDelivered, match="ConnectError"):
            await Hook("people/automation", ChannelSettings("automation", url, "webhook")).post(b"{}", "key")

    with socket.create_server(("127.0.0.1", 0)) as nobody:
        url = f"http://127.0.0.1:{nobody.getsockname()[1]}/"
    at_desk(tmp_path, scenario)
