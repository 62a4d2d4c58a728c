"""Footage over HTTP: ranges and conditions as in RFC 9110, files that grow, ids that are no ids."""

import os
from dataclasses import replace
from email.message import Message
from email.parser import BytesParser
from pathlib import Path

import httpx
import pytest

from exporters.web.media import open_segment
from ingest.store import Store
from nvr.model import Segment
from tests.exporters.web.conftest import FIRST, GROWING


@pytest.fixture
def whole(store: Store) -> bytes:
    (found,) = [s for s in store.segments("front-door", FIRST, GROWING) if s.start == FIRST]
    return store.file(found).read_bytes()


URL = "/media/segments/front-door-20261122T120000.000Z.mp4"
OPEN_URL = "/media/segments/front-door-20261122T120008.000Z.mp4"


def test_the_whole_file(client: httpx.Client, whole: bytes) -> None:
    answer = client.get(URL)
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "video/mp4")
    assert answer.content == whole
    assert answer.headers["Accept-Ranges"] == "bytes"


@pytest.mark.parametrize(
    ("asked", "first", "last"), [("0-99", 0, 99), ("100-", 100, None), ("-50", -50, None), ("7-7", 7, 7)]
)
def test_one_range(client: httpx.Client, whole: bytes, asked: str, first: int, last: int | None) -> None:
    answer = client.get(URL, headers={"Range": f"bytes={asked}"})
    expected = whole[first:] if last is None else whole[first : last + 1]
    begin = first % len(whole)
    assert (answer.status_code, answer.content) == (206, expected)
    assert answer.headers["Content-Range"] == f"bytes {begin}-{begin + len(expected) - 1}/{len(whole)}"
    assert answer.headers["Content-Length"] == str(len(expected))


def test_a_range_past_the_end_is_416_with_the_size(client: httpx.Client, whole: bytes) -> None:
    answer = client.get(URL, headers={"Range": f"bytes={len(whole)}-"})
    assert answer.status_code == 416
    assert answer.headers["Content-Range"] == f"bytes */{len(whole)}"
    assert set(answer.json()) == {"error", "hint"}


def test_many_ranges_come_as_parts(client: httpx.Client, whole: bytes) -> None:
    answer = client.get(URL, headers={"Range": "bytes=0-9,100-119,-5"})
    assert answer.status_code == 206
    assert answer.headers["Content-Length"] == str(len(answer.content))
    head = f"Content-Type: {answer.headers['Content-Type']}\r\n\r\n".encode()
    parts = BytesParser().parsebytes(head + answer.content).get_payload()
    assert isinstance(parts, list)
    bodies = []
    for part in parts:
        assert isinstance(part, Message)
        assert part["Content-Type"] == "video/mp4"
        bodies.append(part["Content-Range"])
    assert bodies == [
        f"bytes 0-9/{len(whole)}",
        f"bytes 100-119/{len(whole)}",
        f"bytes {len(whole) - 5}-{len(whole) - 1}/{len(whole)}",
    ]
    assert whole[100:120] in answer.content


def test_hundreds_of_ranges_are_ignored_and_thousands_refused(client: httpx.Client, whole: bytes) -> None:
    for count, expected in ((800, 200), (10_000, 400)):
        ranges = ",".join(f"{number * 3}-{number * 3}" for number in range(count))
        answer = client.get(URL, headers={"Range": f"bytes={ranges}"})
        assert answer.status_code == expected
    assert client.get(URL).content == whole


def test_head_has_the_headers_and_no_body(client: httpx.Client, whole: bytes) -> None:
    answer = client.head(URL, headers={"Range": "bytes=0-9"})
    assert (answer.status_code, answer.content) == (200, b"")
    assert answer.headers["Content-Length"] == str(len(whole))


def test_if_range_gives_the_whole_where_the_file_is_another(client: httpx.Client) -> None:
    etag, modified = (client.head(URL).headers[name] for name in ("ETag", "Last-Modified"))
    for condition, status in [(etag, 206), (modified, 206), ('"other"', 200), (f"W/{etag}", 200), ("nonsense", 200)]:
        answer = client.get(URL, headers={"Range": "bytes=0-9", "If-Range": condition})
        assert answer.status_code == status, condition


def test_what_is_unchanged_is_not_sent_again(client: httpx.Client) -> None:
    etag, modified = (client.head(URL).headers[name] for name in ("ETag", "Last-Modified"))
    for headers in ({"If-None-Match": etag}, {"If-None-Match": "*"}, {"If-Modified-Since": modified}):
        answer = client.get(URL, headers=headers)
        assert (answer.status_code, answer.content) == (304, b"")
        assert answer.headers["ETag"] == etag
    assert client.get(URL, headers={"If-None-Match": '"other"'}).status_code == 200


def test_a_growing_file_is_served_to_its_present_size(client: httpx.Client, store: Store) -> None:
    growing = store.segment("front-door-20261122T120008.000Z")
    assert growing is not None
    before = client.get(OPEN_URL)
    with store.file(growing).open("ab") as file:
        file.write(b"moof and more")
    after = client.get(OPEN_URL, headers={"Range": f"bytes={len(before.content)}-", "If-Range": before.headers["ETag"]})
    assert after.status_code == 200
    rest = client.get(OPEN_URL, headers={"Range": f"bytes={len(before.content)}-"})
    assert (rest.status_code, rest.content) == (206, b"moof and more")
    assert rest.headers["Cache-Control"] == "private, no-cache"
    assert rest.headers["ETag"] != before.headers["ETag"]


def test_a_segment_that_moves_while_it_is_opened_is_found_again(store: Store) -> None:
    final = store.segments("front-door", FIRST, GROWING)[0]

    class Moving:
        answers = [replace(final, path="front-door/.open/gone.mp4"), final]
        segments, gaps, file = store.segments, store.gaps, store.file

        def segment(self, segment_id: str) -> Segment:
            assert final.id == segment_id
            return self.answers.pop(0)

    opened = open_segment(Moving(), final.id)
    opened.file.close()
    assert opened.size == final.size_bytes


def test_a_deleted_file_is_404_with_the_reason(client: httpx.Client, store: Store) -> None:
    found = store.segment("front-door-20261122T120000.000Z")
    assert found is not None
    store.file(found).unlink()
    answer = client.get(URL)
    assert answer.status_code == 404
    assert "deleted" in answer.json()["hint"]


def test_a_symbolic_link_or_a_pipe_is_not_footage(client: httpx.Client, store: Store, tmp_path: Path) -> None:
    found = store.segment("front-door-20261122T120000.000Z")
    assert found is not None
    store.file(found).unlink()
    os.mkfifo(store.file(found))
    assert client.get(URL).status_code == 404
    store.file(found).unlink()
    (tmp_path / "secret").write_text("secret")
    store.file(found).symlink_to(tmp_path / "secret")
    answer = client.get(URL)
    assert answer.status_code == 404
    assert "secret" not in answer.text


@pytest.mark.parametrize(
    "segment_id",
    [
        "..%2f..%2fetc%2fpasswd",
        "..",
        ".",
        "%2e%2e%2f%2e%2e%2fetc",
        "front-door%00",
        "front-door-20261122T120000.000Z%2f..%2fx",
        "front-door%2F2026-11-22%2F120000.000Z",
        "'%20OR%201=1--",
        "%ff%fe",
        "a" * 5000,
        "front-door-20261122T120000.001Z",
    ],
)
def test_what_is_no_id_is_404(client: httpx.Client, segment_id: str) -> None:
    answer = client.get(f"/media/segments/{segment_id}.mp4")
    assert answer.status_code == 404
    assert set(answer.json()) == {"error", "hint"}
