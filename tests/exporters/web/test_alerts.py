"""The webhook, the list of alerts, and who takes one up, over HTTP."""

import asyncio
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from exporters.notify.webhook import MOST_BYTES
from exporters.web.sources import Sources
from nvr.settings import ChannelSettings
from tests.exporters.notify.alerts import NOON, alert, body, sent
from tests.exporters.notify.desk import Desk
from tests.exporters.web.conftest import NOW
from tests.exporters.web.serving import client_of

MAIL = ChannelSettings("mail", "json://127.0.0.1:1/mail", "email")


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    desk = Desk(tmp_path / "desk", NOW, MAIL)
    yield desk
    desk.notifier.close_now()


@pytest.fixture
def client(sources: Sources, desk: Desk) -> Iterator[httpx.Client]:
    with client_of(replace(sources, alerts=desk.notifier)) as client:
        yield client


def webhooks(client: httpx.Client, code: int) -> str:
    name = f'nvr_alert_webhooks_total{{code="{code}",site="home"}} '
    [line] = [each for each in client.get("/metrics").text.splitlines() if each.startswith(name)]
    return line.removeprefix(name)


def test_what_is_answered_with_success_waits_on_disk(client: httpx.Client, desk: Desk) -> None:
    answer = client.post("/alerts/people", content=body(alert()))
    assert (answer.status_code, answer.json()) == (200, {"alerts": 1, "news": 1})
    assert client.post("/alerts/people", content=body(alert())).json() == {"alerts": 1, "news": 0}
    assert asyncio.run(desk.notifier.firing())[0].id == alert().id
    assert webhooks(client, 200) == "2.0"


@pytest.mark.parametrize("content", [b"no JSON", b'{"version": "3"}', json.dumps(sent() | {"alerts": [1]}).encode()])
def test_what_can_never_be_read_is_counted_and_not_asked_for_again(client: httpx.Client, content: bytes) -> None:
    answer = client.post("/alerts/people", content=content)
    assert answer.status_code == 200
    assert "cannot be read" in answer.json()["error"]
    assert 'nvr_errors_total{component="alerts",site="home"} 1.0' in client.get("/metrics").text


def test_an_unknown_receiver_is_told_the_known_ones(client: httpx.Client) -> None:
    answer = client.post("/alerts/nobody", content=body(alert()))
    assert (answer.status_code, "people" in answer.json()["hint"]) == (404, True)
    assert webhooks(client, 404) == "1.0"


def test_a_body_that_is_too_long_is_refused(client: httpx.Client) -> None:
    assert client.post("/alerts/people", content=b" " * (MOST_BYTES + 1)).status_code == 413


def test_while_the_disk_fails_alertmanager_is_to_come_again(client: httpx.Client, desk: Desk) -> None:
    desk.notifier.close_now()
    assert client.post("/alerts/people", content=body(alert())).status_code == 503


def test_alerts_are_listed_page_by_page(client: httpx.Client) -> None:
    alerts = [alert(n, NOON + timedelta(seconds=n % 3)) for n in range(7)]
    over = replace(alerts[0], end=NOON + timedelta(seconds=1))
    client.post("/alerts/people", content=body(*alerts))
    client.post("/alerts/people", content=body(over))
    seen, page = [], client.get("/api/alerts?limit=2").json()
    while page["next"]:
        seen += page["alerts"]
        page = client.get(f"/api/alerts?limit=2&next={page['next']}").json()
    seen += page["alerts"]
    assert sorted(each["id"] for each in seen) == sorted(each.id for each in alerts)
    assert [each["start"] for each in seen] == sorted((each["start"] for each in seen), reverse=True)
    assert [each["id"] for each in client.get("/api/alerts?state=resolved").json()["alerts"]] == [over.id]
    assert client.get("/api/alerts?camera=yard").json()["alerts"] == []
    assert "the database does not answer" in client.get("/api/alerts").json()["note"]


def test_someone_takes_an_alert_up(client: httpx.Client) -> None:
    client.post("/alerts/people", content=body(alert()))
    url = f"/api/alerts/{alert().id}/acknowledge"
    taken = client.post(url, json={"by": " ann "})
    assert (taken.status_code, taken.json()["acknowledged_by"]) == (200, "ann")
    assert client.post(url, json={"by": "bob"}).json()["acknowledged_by"] == "ann"
    assert client.get("/api/alerts").json()["alerts"][0]["acknowledged_by"] == "ann"


@pytest.mark.parametrize("content", [{}, {"by": ""}, {"by": 7}, {"by": "x" * 101}, {"by": "a\nb"}, {"by": "a", "x": 1}])
def test_who_takes_it_up_must_be_said(client: httpx.Client, content: dict[str, object]) -> None:
    assert client.post(f"/api/alerts/{alert().id}/acknowledge", json=content).status_code == 400


@pytest.mark.parametrize("name", ["x", "0" * 16 + "-1", "%2e%2e"])
def test_an_alert_that_is_not_there_cannot_be_taken_up(client: httpx.Client, name: str) -> None:
    assert client.post(f"/api/alerts/{name}/acknowledge", json={"by": "ann"}).status_code == 404


@pytest.mark.parametrize("query", ["limit=0", "state=lost", "camera=../x", "next=x", "from=now"])
def test_a_question_that_cannot_be_meant_is_refused(client: httpx.Client, query: str) -> None:
    assert client.get(f"/api/alerts?{query}").status_code == 400


def test_the_page_of_another_site_sends_and_takes_up_nothing(client: httpx.Client) -> None:
    foreign = {"Origin": "https://elsewhere.example"}
    assert client.post("/alerts/people", content=body(alert()), headers=foreign).status_code == 403
    assert client.get("/api/alerts").json()["alerts"] == []
