"""Footage that is to stay, over HTTP, on a real store."""

import httpx
import pytest

from ingest.store import Store
from tests.exporters.web.conftest import FIRST, GROWING

BURGLARY = {
    "camera": "front-door",
    "from": "2026-11-22T12:00:01Z",
    "to": "2026-11-22T12:00:02Z",
    "reason": " a burglary ",
}


def ids(store: Store) -> set[str]:
    found = store.catalogue.standing([each.id for each in store.segments("front-door", FIRST, GROWING)])
    return {segment_id for segment_id, is_protected in found.items() if is_protected}


def test_footage_is_protected_listed_and_let_go_again(client: httpx.Client, store: Store) -> None:
    answer = client.post("/api/protections", json=BURGLARY)
    made = answer.json()
    assert (answer.status_code, made["segments"], made["reason"]) == (201, 1, "a burglary")
    assert (made["start"], made["end"]) == ("2026-11-22T12:00:01.000Z", "2026-11-22T12:00:02.000Z")
    assert ids(store) == {"front-door-20261122T120000.000Z"}
    assert client.get("/api/protections").json() == {"protections": [made]}
    assert client.delete(f"/api/protections/{made['id']}").json() == made
    assert ids(store) == set()
    assert client.delete(f"/api/protections/{made['id']}").status_code == 404
    assert client.get("/api/protections").json() == {"protections": []}


def test_times_are_read_as_everywhere(client: httpx.Client) -> None:
    made = client.post("/api/protections", json=BURGLARY | {"from": "2026-11-22T13:00", "to": "2026-11-23"}).json()
    assert (made["start"], made["end"]) == ("2026-11-22T12:00:00.000Z", "2026-11-22T23:00:00.000Z")


@pytest.mark.parametrize(
    ("change", "status", "error"),
    [
        ({"camera": "attic"}, 404, "there is no camera attic"),
        ({"from": "soon"}, 400, "from is not a time: soon"),
        ({"from": BURGLARY["to"]}, 400, "from must be before to"),
        ({"from": "2024-01-01"}, 400, "from and to are too far apart"),
        ({"reason": " "}, 400, "this is no reason"),
        ({"reason": "x" * 201}, 400, "this is no reason"),
        ({"reason": "a\nb"}, 400, "this is no reason"),
        ({"reason": 7}, 400, "the body is no JSON object of texts"),
        ({"why": "x"}, 400, "there is no field why"),
        ({"reason": "x" * 5000}, 413, "the body is too long"),
    ],
)
def test_what_cannot_be_protected_is_refused(
    client: httpx.Client, change: dict[str, object], status: int, error: str
) -> None:
    answer = client.post("/api/protections", json=BURGLARY | change)
    assert (answer.status_code, answer.json()["error"]) == (status, error)
    assert client.get("/api/protections").json()["protections"] == []


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b'{"camera": "front-door"}', b"[" * 4000, b"\xff"])
def test_what_is_no_protection_is_refused(client: httpx.Client, body: bytes) -> None:
    headers = {"Content-Type": "application/json"}
    assert client.post("/api/protections", content=body, headers=headers).status_code == 400


def test_a_form_or_a_page_of_another_site_protects_and_lets_go_of_nothing(client: httpx.Client) -> None:
    assert client.post("/api/protections", data=BURGLARY).status_code == 415
    elsewhere = {"Origin": "https://evil.example"}
    assert client.post("/api/protections", json=BURGLARY, headers=elsewhere).status_code == 403
    made = client.post("/api/protections", json=BURGLARY).json()
    assert client.delete(f"/api/protections/{made['id']}", headers=elsewhere).status_code == 403
    assert client.get("/api/protections").json()["protections"] == [made]
