"""The JSON API: cameras, events, gaps, the timeline, health, the scrape, and how it says no."""

import json
from dataclasses import replace
from datetime import timedelta

import httpx
import pytest
from prometheus_client.openmetrics.parser import text_string_to_metric_families

from exporters.web.app import CHANGES, ROUTES
from exporters.web.sources import Readiness, Sources
from ingest.store import Store
from nvr.model import Cause, Gap, MotionEvent
from tests.exporters.statuses import NOON
from tests.exporters.web.conftest import EVENT, NOW, FixedPast
from tests.exporters.web.serving import client_of

RANGE = {"from": "2026-11-22T11:00:00Z", "to": "2026-11-22T12:01:00Z"}


def test_healthz_and_readyz(client: httpx.Client) -> None:
    assert client.get("/healthz").json() == {"status": "ok"}
    assert client.get("/readyz").json() == {"status": "ready", "reasons": []}


def test_readyz_says_what_is_missing(sources: Sources) -> None:
    async def starting() -> Readiness:
        return Readiness(False, ("the database is being opened",))

    with client_of(replace(sources, readiness=starting)) as client:
        answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["reasons"]) == (503, ["the database is being opened"])


def test_cameras_tell_their_state(client: httpx.Client) -> None:
    content = client.get("/api/cameras").json()
    assert (content["site"], content["timezone"]) == ("home", "Europe/Berlin")
    front, yard = content["cameras"]
    assert front["camera"] == "front-door"
    assert front["state"] == "healthy"
    assert front["seconds_since_last_frame"] == 11.0
    assert front["last_frame_time"] == "2026-11-22T12:00:00.000Z"
    assert (front["total_reconnects"], front["consecutive_failures"]) == (3, 0)
    assert (front["fps"], front["width"], front["height"], front["codec"]) == (14.9, 1920, 1080, "h264")
    assert yard["seconds_since_last_frame"] is None
    assert yard["last_cause"] == "refused"


def test_one_camera(client: httpx.Client) -> None:
    content = client.get("/api/cameras/front-door").json()
    assert content == client.get("/api/cameras").json()["cameras"][0]


def test_an_unknown_camera_is_told_the_known_ones(client: httpx.Client) -> None:
    for path in ("/api/cameras/garage", "/api/events?camera=garage", "/snapshot.jpg?camera=garage"):
        answer = client.get(path)
        assert answer.status_code == 404
        assert answer.json() == {"error": "there is no camera garage", "hint": "the cameras are front-door, yard"}


def test_events_with_their_boxes_and_zones(client: httpx.Client) -> None:
    content = client.get("/api/events", params={"camera": "front-door"} | RANGE).json()
    (event,) = content["events"]
    assert content["next"] is None
    assert event["id"] == str(EVENT.id)
    assert (event["start"], event["end"]) == ("2026-11-22T12:00:01.000Z", "2026-11-22T12:00:03.000Z")
    assert (event["box"], event["zones"], event["peak"]) == ([0.25, 0.5, 0.125, 0.25], ["porch"], 0.125)
    assert client.get(event["snapshot_url"]).status_code == 200


def test_events_come_page_by_page_without_loss_or_repeat(client: httpx.Client, past: FixedPast) -> None:
    starts = [NOON + timedelta(milliseconds=50 * (number // 3)) for number in range(20)]
    past.found = [
        replace(EVENT, id=MotionEvent.identity(str(number), start), start=start) for number, start in enumerate(starts)
    ]
    seen, following = [], None
    while True:
        content = client.get("/api/events", params={"limit": "3"} | RANGE | ({"next": following} if following else {}))
        seen += [event["id"] for event in content.json()["events"]]
        following = content.json()["next"]
        if following is None:
            break
    assert sorted(seen) == sorted(str(event.id) for event in past.found)


def test_events_without_the_database_are_a_503_that_keeps_its_secrets(client: httpx.Client, past: FixedPast) -> None:
    past.away = True
    answer = client.get("/api/events")
    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "5"
    assert "secret" not in answer.text


def test_gaps_with_their_causes_need_no_database(client: httpx.Client, past: FixedPast) -> None:
    past.away = True
    (gap,) = client.get("/api/gaps", params={"camera": "front-door"} | RANGE).json()["gaps"]
    assert (gap["cause"], gap["duration_seconds"]) == ("stalled", 300.0)
    assert client.get("/api/gaps", params={"camera": "yard"}).json() == {"gaps": [], "next": None}


def test_gaps_of_all_cameras_come_newest_first_and_paged(client: httpx.Client, store: Store) -> None:
    for number in range(5):
        start = NOON - timedelta(minutes=30 + number)
        store.catalogue.gaps.put(Gap("yard", start, start + timedelta(seconds=20), Cause.EOF))
    store.catalogue.gaps.put(Gap("yard", NOON, None, Cause.REFUSED))
    first = client.get("/api/gaps", params={"limit": "3"} | RANGE).json()
    second = client.get("/api/gaps", params={"limit": "30", "next": first["next"]} | RANGE).json()
    found = first["gaps"] + second["gaps"]
    assert len({gap["id"] for gap in found}) == len(found) == 7
    assert [gap["start"] for gap in found] == sorted((gap["start"] for gap in found), reverse=True)
    assert (found[0]["end"], found[0]["duration_seconds"]) == (None, 11.0)


def test_timeline_has_segments_gaps_and_events(client: httpx.Client) -> None:
    content = client.get("/api/timeline", params={"camera": "front-door"} | RANGE).json()
    assert [segment["complete"] for segment in content["segments"]] == [True, True, False]
    assert {"clock_step_seconds": 0.0, "clock_offset_seconds": 0.0}.items() <= content["segments"][0].items()
    assert [gap["cause"] for gap in content["gaps"]] == ["stalled"]
    assert [event["id"] for event in content["events"]] == [str(EVENT.id)]
    assert content["note"] is None
    for segment in content["segments"]:
        assert len(client.get(segment["url"]).content) == segment["size_bytes"]


def test_timeline_without_the_database_says_that_events_are_missing(client: httpx.Client, past: FixedPast) -> None:
    past.away = True
    content = client.get("/api/timeline", params={"camera": "front-door"} | RANGE).json()
    assert len(content["segments"]) == 3
    assert content["events"] == []
    assert "database" in content["note"]


def test_ranges_default_to_the_last_day(client: httpx.Client) -> None:
    content = client.get("/api/timeline?camera=front-door").json()
    assert (content["from"], content["to"]) == ("2026-11-21T12:00:11.000Z", "2026-11-22T12:00:11.000Z")


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("/api/timeline", "camera is missing"),
        ("/api/timeline?camera=yard&from=2026-11-22T12:00:00Z&to=2026-11-22T12:00:00Z", "from must be before to"),
        ("/api/timeline?camera=yard&from=2026-01-01&to=2026-11-22", "too far apart"),
        ("/api/events?from=tomorrow", "from is not a time: tomorrow"),
        ("/api/events?limit=0", "limit cannot be 0"),
        ("/api/events?limit=1001", "limit cannot be 1001"),
        ("/api/events?next=xyz", "next is not one of ours"),
        ("/api/events?form=2026-11-22", "no parameter form"),
        ("/api/gaps?camera=yard&camera=yard", "more than once"),
        ("/api/cameras?x=1", "no parameter x"),
    ],
)
def test_bad_parameters_are_400_with_a_hint(client: httpx.Client, path: str, said: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 400
    assert said in answer.json()["error"]
    assert answer.json()["hint"]


@pytest.mark.parametrize(
    "attack",
    [
        "' OR 1=1 --",
        "front-door'; DROP TABLE motion_events; --",
        "../../etc/passwd",
        "%00",
        "front-door\x00",
        "<script>",
        "x" * 9000,
    ],
)
def test_hostile_values_are_refused_everywhere(client: httpx.Client, attack: str) -> None:
    for path in ("/api/events", "/api/gaps", "/api/timeline", "/snapshot.jpg", "/heatmap.png"):
        for name in ("camera", "from", "t", "date", "size", "limit", "next"):
            answer = client.get(path, params={name: attack})
            assert answer.status_code in (400, 404)
            assert set(answer.json()) == {"error", "hint"}
            assert len(answer.text) < 600


@pytest.mark.parametrize(
    "path", ["/nothing", "/api/", "/api/cameras/", "/static/nothing.js", "/media/segments/", "/..%2f..%2fetc/passwd"]
)
def test_an_unknown_route_is_404_in_json(client: httpx.Client, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 404
    assert set(answer.json()) == {"error", "hint"}


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
def test_another_method_is_405_and_told_the_right_one(client: httpx.Client, method: str) -> None:
    for path in ROUTES:
        if (method, path) in CHANGES:
            continue
        answer = client.request(method, path.format(camera="yard", segment="x", alert="NvrDown"))
        assert answer.status_code == 405, path
        assert "GET" in answer.headers["Allow"]
        assert set(answer.json()) == {"error", "hint"}


def test_a_bug_is_a_500_without_its_traceback_and_is_counted(sources: Sources) -> None:
    class Broken:
        def cameras(self) -> list[object]:
            raise RuntimeError("secret detail")

    broken = replace(sources, status=Broken())  # type: ignore[arg-type]
    with client_of(broken) as client:
        answer = client.get("/api/cameras")
        assert answer.status_code == 500
        assert "secret detail" not in answer.text
        assert 'nvr_errors_total{component="web",site="home"} 1.0' in client.get("/metrics").text


def test_metrics_are_text_or_openmetrics_as_asked(client: httpx.Client) -> None:
    client.get("/api/cameras/yard")
    plain = client.get("/metrics")
    assert plain.headers["Content-Type"].startswith("text/plain")
    assert 'route="/api/cameras/{camera}"' in plain.text
    asked = client.get("/metrics", headers={"Accept": "application/openmetrics-text;version=1.0.0"})
    assert asked.headers["Content-Type"].startswith("application/openmetrics-text")
    assert any(
        family.name == "nvr_build" or "nvr_" in family.name
        for family in text_string_to_metric_families(asked.text)  # type: ignore[no-untyped-call]
    )


def test_unknown_paths_and_methods_share_one_label(client: httpx.Client) -> None:
    for number in range(20):
        client.request(f"VERB{number}", f"/nothing/{number}")
    text = client.get("/metrics").text
    assert 'nvr_http_request_duration_seconds_count{method="other",route="other",site="home"} 20.0' in text


def test_every_answer_carries_the_security_headers(client: httpx.Client) -> None:
    for path in ("/", "/api/cameras", "/metrics", "/static/play.js", "/nothing", "/api/events?limit=x"):
        headers = client.get(path).headers
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "same-origin"
        assert "default-src 'none'" in headers["Content-Security-Policy"]


def test_no_answer_is_cached_that_changes(client: httpx.Client) -> None:
    for path in ("/api/cameras", "/api/events", "/api/gaps", "/api/timeline?camera=yard", "/metrics", "/readyz"):
        assert client.get(path).headers["Cache-Control"] == "no-store"


def test_times_leave_in_utc_with_milliseconds(client: httpx.Client) -> None:
    content = json.loads(client.get("/api/cameras").text)
    assert content["time"] == NOW.isoformat(timespec="milliseconds").replace("+00:00", "Z")
