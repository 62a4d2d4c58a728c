"""The volume over HTTP, of a real retention over a real store: what lies there, what would go, and what goes."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from math import inf

import httpx
import pytest

from exporters.metrics import Metrics
from exporters.web.access import COOKIE, session
from exporters.web.sources import Sources
from ingest.retention import Retention
from ingest.store import Store
from nvr.clock import UtcClock
from nvr.config.retention import changed
from nvr.model import Fact, Tombstone
from nvr.settings import Ages, Budget, RetentionSettings, StorageSettings, WebSettings
from tests.exporters.statuses import FixedStatus, camera_status
from tests.exporters.web.conftest import FIRST, NOW, SECOND
from tests.exporters.web.serving import client_of

DAY = 86_400.0
OLD = RetentionSettings(keep_at_least=Ages(0, 0), delete_after=Ages(DAY, DAY))


class Kept:
    """Every fact that was put."""

    def __init__(self) -> None:
        self.facts: list[Fact] = []

    def put(self, fact: Fact) -> None:
        self.facts.append(fact)


@pytest.fixture
def facts() -> Kept:
    return Kept()


def keeper_of(store: Store, facts: Kept, volume: RetentionSettings) -> Retention:
    """Three days after what was recorded."""
    clock = UtcClock(wall=(NOW + timedelta(days=3)).timestamp)
    settings = StorageSettings(store.root, retention=volume)
    return Retention(settings, {}, store, facts=facts, telemetry=Metrics("home"), clock=clock)


def kept(sources: Sources, keeper: Retention) -> Sources:
    status = FixedStatus([camera_status("front-door")], [keeper.status])
    return replace(sources, status=status, housekeeping=keeper, changed_limits=changed)


@pytest.fixture
def keeper(store: Store, facts: Kept) -> Retention:
    return keeper_of(store, facts, OLD)


@pytest.fixture
def client(sources: Sources, keeper: Retention) -> Iterator[httpx.Client]:
    with client_of(kept(sources, keeper)) as client:
        yield client


def test_the_storage_is_told_by_camera_with_the_days_that_are_left(client: httpx.Client, store: Store) -> None:
    size = sum(segment.size_bytes for segment in store.segments("front-door", FIRST, FIRST + timedelta(seconds=8)))
    found = client.get("/api/storage").json()
    assert (found["site"], found["volume"], found["writable"]) == ("home", str(store.root), True)
    assert (found["used_bytes"], found["segments"], found["freeable_bytes"]) == (size, 2, size)
    assert found["trigger_bytes"] == int(0.85 * found["budget_bytes"])
    [camera] = found["cameras"]
    assert (camera["camera"], camera["segments"], camera["size_bytes"]) == ("front-door", 2, size)
    assert (camera["oldest"], camera["newest"]) == ("2026-11-22T12:00:00.000Z", "2026-11-22T12:00:08.000Z")
    assert found["forecast"].keys() >= {"bytes_a_day", "days_left", "clean_up"}
    assert found["forecast"]["delete_after_seconds"] == {"continuous": DAY, "motion": DAY, "protected": None}


def test_what_would_go_is_told_and_nothing_is_deleted(client: httpx.Client, store: Store) -> None:
    found = client.get("/api/storage/cleanup/status").json()
    [step] = found["planned"]
    assert (step["policy"], step["segments"]) == ("delete_after", 2)
    assert step["camera_bytes"] == {"front-door": step["size_bytes"]}
    assert (found["oldest"], found["last_run"]) == ("2026-11-22T12:00:00.000Z", None)
    assert [band["segments"] for band in found["files_by_age"]] == [2, 2, 2, 0, 0, 0, 0]
    assert len(store.segments("front-door", FIRST, SECOND + timedelta(seconds=1))) == 2


def test_what_would_go_of_one_camera(client: httpx.Client) -> None:
    assert len(client.get("/api/storage/cleanup/status?camera=front-door").json()["planned"]) == 1
    found = client.get("/api/storage/cleanup/status?camera=yard").json()
    assert (found["planned"], found["oldest"], found["freeable_bytes"]) == ([], None, 0)
    assert client.get("/api/storage/cleanup/status?camera=attic").status_code == 404


def test_a_clean_up_deletes_what_was_told_and_says_so(client: httpx.Client, store: Store, facts: Kept) -> None:
    planned = client.get("/api/storage/cleanup/status").json()["planned"]
    run = client.post("/api/storage/cleanup/run").json()
    assert (run["steps"], run["refused"], run["error"]) == (planned, 0, "")
    assert len([fact for fact in facts.facts if isinstance(fact, Tombstone)]) == 2
    assert not list(store.root.glob("front-door/*/120000*.mp4"))
    after = client.get("/api/storage/cleanup/status").json()
    assert (after["planned"], after["last_run"]) == ([], run)
    assert client.get("/api/storage").json()["segments"] == 0


def test_those_who_ask_at_once_are_served_one_after_another(client: httpx.Client, facts: Kept) -> None:
    with ThreadPoolExecutor(6) as pool:
        runs = [each.json() for each in pool.map(lambda _: client.post("/api/storage/cleanup/run"), range(6))]
    assert sorted(len(run["steps"]) for run in runs) == [0] * 5 + [1]
    assert len([fact for fact in facts.facts if isinstance(fact, Tombstone)]) == 2


def test_a_clean_up_is_asked_for_with_post(client: httpx.Client, facts: Kept) -> None:
    for method in ("GET", "HEAD", "PUT", "DELETE"):
        answer = client.request(method, "/api/storage/cleanup/run")
        assert (answer.status_code, answer.headers["Allow"]) == (405, "POST")
    assert facts.facts == []


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://127.0.0.1:1"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
@pytest.mark.parametrize("token", [None, "s3cret"])
def test_a_page_of_another_site_deletes_nothing(
    sources: Sources, keeper: Retention, facts: Kept, headers: dict[str, str], token: str | None
) -> None:
    cookie = {"Cookie": f"{COOKIE}={session(token)}"} if token else {}
    with client_of(replace(kept(sources, keeper), web=WebSettings(token=token))) as client:
        answer = client.post("/api/storage/cleanup/run", headers=headers | cookie)
        assert (answer.status_code, set(answer.json())) == (403, {"error", "hint"})
        assert client.get("/api/storage", headers=headers | cookie).status_code == 200  # which it cannot read
    assert facts.facts == []


@pytest.mark.parametrize("external", ["", "https://nvr.example/nvr"])
def test_our_own_page_may_clean_up(sources: Sources, keeper: Retention, external: str) -> None:
    web = WebSettings(token="s3cret", external_url=external)
    with client_of(replace(kept(sources, keeper), web=web)) as client:
        own = "https://nvr.example" if external else str(client.base_url).rstrip("/")
        headers = {"Origin": own, "Sec-Fetch-Site": "same-origin", "Cookie": f"{COOKIE}={session('s3cret')}"}
        assert client.post("/api/storage/cleanup/run", headers=headers).status_code == 200


def write_by_the_hour(store: Store) -> None:
    [first, _] = store.segments("front-door", FIRST, SECOND + timedelta(seconds=1))
    for hour in range(1, 48):
        start = FIRST + timedelta(hours=hour)
        entry = replace(first, id=f"front-door-{hour}", start=start, path=str(hour), size_bytes=10**6)
        store.catalogue.add(entry, origin=entry.id)


def test_a_forecast_of_what_holds_and_of_what_might(sources: Sources, store: Store, facts: Kept) -> None:
    keep = RetentionSettings(Budget(None, 10**9), Ages(7 * DAY, 7 * DAY), Ages(inf, inf))
    write_by_the_hour(store)
    with client_of(kept(sources, keeper_of(store, facts, keep))) as client:
        plain = client.get("/api/storage/forecast").json()
        asked = {"budget": "100MB", "keep_at_least": "continuous=2d,motion=30d", "delete_after": "never"}
        other = client.get("/api/storage/forecast", params=asked).json()
    assert plain["changed"] is None
    assert (len(plain["hours_of_week"]["front-door"]), plain["now"]["days_left"] > 0) == (168, True)
    assert other["now"] == plain["now"]
    assert other["changed"]["days_left"] < plain["now"]["days_left"]
    assert other["changed"]["keep_at_least_seconds"] == {"continuous": 2 * DAY, "motion": 30 * DAY}
    assert other["changed"]["delete_after_seconds"] == {"continuous": None, "motion": None, "protected": None}


@pytest.mark.parametrize(
    ("query", "error"),
    [
        ("budget=plenty", "budget is neither a share nor a size: plenty"),
        ("keep_at_least=soon", "keep_at_least is not a duration: soon"),
        ("keep_at_least=protected=2d", "keep_at_least is no class of footage: protected=2d"),
        ("delete_after=continuous=", "delete_after is not a duration: continuous="),
        ("keep_at_least=90d", "keep_at_least promises more than delete_after leaves"),
        ("budget=1TB&budget=2TB", "budget is given more than once"),
        ("keep=1d", "this route has no parameter keep"),
    ],
)
def test_what_cannot_be_forecast_is_refused_with_the_remedy(client: httpx.Client, query: str, error: str) -> None:
    answer = client.get(f"/api/storage/forecast?{query}")
    assert answer.status_code == 400
    assert answer.json()["error"].startswith(error)
    assert answer.json()["hint"]


def test_where_nobody_keeps_the_storage_it_says_so(sources: Sources, keeper: Retention) -> None:
    with client_of(replace(kept(sources, keeper), housekeeping=None)) as client:
        assert client.get("/api/storage").status_code == 503
