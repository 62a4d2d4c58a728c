"""Which requests count as somebody looking at footage."""

from dataclasses import replace

import pytest

from exporters.web.sources import Sources
from nvr.housekeeping import View
from nvr.model import Segment
from tests.exporters.web.serving import client_of

SEGMENT = "front-door-20261122T120000.000Z"


@pytest.mark.parametrize(
    ("method", "path", "headers", "looks"),
    [
        ("GET", f"/media/segments/{SEGMENT}.mp4", {}, [(SEGMENT, "footage")]),
        ("GET", f"/media/segments/{SEGMENT}.mp4", {"Range": "bytes=0-99"}, [(SEGMENT, "footage")]),
        ("HEAD", f"/media/segments/{SEGMENT}.mp4", {}, []),
        ("GET", f"/media/segments/{SEGMENT}.mp4", {"If-None-Match": "*"}, []),
        ("GET", "/snapshot.jpg?camera=front-door&t=2026-11-22T12:00:01Z", {}, [(SEGMENT, "picture")]),
        ("GET", "/snapshot.jpg?camera=front-door", {}, []),
        ("GET", "/api/timeline?camera=front-door", {}, []),
    ],
)
def test_a_look_is_noticed(
    sources: Sources, method: str, path: str, headers: dict[str, str], looks: list[tuple[str, View]]
) -> None:
    seen: list[tuple[str, View]] = []

    def viewed(segment: Segment, view: View) -> None:
        seen.append((segment.id, view))

    with client_of(replace(sources, viewed=viewed)) as client:
        assert client.request(method, path, headers=headers).status_code < 400
    assert seen == looks
