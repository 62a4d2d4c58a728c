"""Snapshots and heatmaps: right picture, right size, right refusal, and never more ffmpeg than two."""

import asyncio
import io
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
from PIL import Image, ImageChops

from exporters.web import pictures
from exporters.web.errors import RequestError
from exporters.web.pictures import AT_ONCE, MOST_KEPT, MOST_WAITING, Pictures, Still
from nvr.errors import MediaError
from tests.exporters.web.conftest import FixedPast


def opened(content: bytes) -> Image.Image:
    return Image.open(io.BytesIO(content)).convert("RGB")


def test_the_latest_picture_is_of_the_growing_segment(client: httpx.Client) -> None:
    answer = client.get("/snapshot.jpg?camera=front-door")
    assert answer.headers["Content-Type"] == "image/jpeg"
    assert answer.headers["X-Snapshot-Time"] == "2026-11-22T12:00:10.700Z"
    assert answer.headers["Cache-Control"] == "private, max-age=1"
    assert opened(answer.content).size == (320, 180)


@pytest.mark.parametrize(
    "t", ["2026-11-22T12:00:01.5Z", "1795348801.5", "2026-11-22T13:00:01.5", "2026-11-22T13:00:01.5+01:00"]
)
def test_a_picture_of_a_time(client: httpx.Client, t: str) -> None:
    answer = client.get("/snapshot.jpg", params={"camera": "front-door", "t": t})
    assert answer.status_code == 200
    assert answer.headers["X-Snapshot-Time"] == "2026-11-22T12:00:01.500Z"
    assert answer.headers["Cache-Control"] == "private, max-age=3600"


def test_different_times_give_different_pictures(client: httpx.Client) -> None:
    times = ["12:00:00.0", "12:00:02.0", "12:00:05.0", "12:00:07.9", "12:00:10.9"]
    found = {client.get(f"/snapshot.jpg?camera=front-door&t=2026-11-22T{time}Z").content for time in times}
    assert len(found) == len(times)


def test_a_narrower_picture(client: httpx.Client) -> None:
    assert opened(client.get("/snapshot.jpg?camera=front-door&width=160").content).size == (160, 90)
    assert opened(client.get("/snapshot.jpg?camera=front-door&width=3840").content).size == (320, 180)


def test_no_footage_is_404_with_the_reason(client: httpx.Client) -> None:
    gap = client.get("/snapshot.jpg?camera=front-door&t=2026-11-22T11:58:00Z")
    assert gap.status_code == 404
    assert "a gap (stalled) is recorded" in gap.json()["hint"]
    assert "future" in client.get("/snapshot.jpg?camera=front-door&t=2027-11-22T11:58:00Z").json()["hint"]
    assert "not recorded" in client.get("/snapshot.jpg?camera=front-door&t=2025-11-22").json()["hint"]
    assert "no footage of yard yet" in client.get("/snapshot.jpg?camera=yard").json()["error"]


def test_who_asks_for_a_placeholder_gets_a_picture_where_there_is_no_footage(client: httpx.Client) -> None:
    answer = client.get("/snapshot.jpg?camera=front-door&t=2026-11-22T11:58:00Z&width=160&placeholder=1")
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "private, max-age=1"
    assert opened(answer.content).size == (160, 90)
    assert client.get("/snapshot.jpg?camera=yard&placeholder=1").status_code == 200
    assert client.get("/snapshot.jpg?camera=garage&placeholder=1").status_code == 404
    real = "/snapshot.jpg?camera=front-door&t=2026-11-22T12:00:01Z"
    assert client.get(real + "&placeholder=1").content == client.get(real).content


def test_a_file_that_is_no_video_is_503_without_its_path(client: httpx.Client, tmp_path: Path) -> None:
    (video,) = [file for file in tmp_path.rglob("*.mp4") if file.name.startswith("120000")]
    video.write_bytes(b"nothing")
    answer = client.get("/snapshot.jpg?camera=front-door&t=2026-11-22T12:00:01Z")
    assert answer.status_code == 503
    assert str(tmp_path) not in answer.text


class Counted:
    """Stands in for ffmpeg: counts how many run at once."""

    def __init__(self) -> None:
        self.running = self.most = self.total = 0

    async def __call__(self, command: list[str]) -> bytes:
        self.total += 1
        self.running += 1
        self.most = max(self.most, self.running)
        await asyncio.sleep(0.01)
        self.running -= 1
        return command[0].encode()


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> Counted:
    counted = Counted()
    monkeypatch.setattr(pictures, "_run", counted)
    return counted


def test_a_burst_runs_two_at_once_and_equal_ones_once(counted: Counted) -> None:
    async def burst() -> None:
        taking = Pictures()
        stills = [Still("a", number % 8, None) for number in range(200)]
        await asyncio.gather(*(taking.take(still, Path("a.mp4")) for still in stills))

    asyncio.run(burst())
    assert (counted.most, counted.total) == (AT_ONCE, 8)


def test_more_than_can_wait_are_told_to_come_back(counted: Counted) -> None:
    async def flood() -> list[bytes | BaseException]:
        taking = Pictures()
        stills = [Still("a", number, None) for number in range(MOST_WAITING + 5)]
        return await asyncio.gather(*(taking.take(still, Path("a.mp4")) for still in stills), return_exceptions=True)

    refused = [one for one in asyncio.run(flood()) if isinstance(one, RequestError)]
    assert [one.status for one in refused] == [503] * 5
    assert counted.total == MOST_WAITING


def test_an_impatient_client_takes_nothing_from_the_others(counted: Counted) -> None:
    async def race() -> bytes:
        taking = Pictures()
        impatient = asyncio.create_task(taking.take(Still("a", 1, None), Path("a.mp4")))
        patient = asyncio.create_task(taking.take(Still("a", 1, None), Path("a.mp4")))
        await asyncio.sleep(0)
        impatient.cancel()
        return await patient

    assert asyncio.run(race())
    assert counted.total == 1


def test_the_pictures_kept_are_bounded(counted: Counted) -> None:
    async def many() -> int:
        taking = Pictures()
        for number in range(MOST_KEPT + 10):
            await taking.take(Still("a", number, None), Path("a.mp4"))
        await taking.take(Still("a", MOST_KEPT + 9, None), Path("a.mp4"))
        await taking.take(Still("a", 0, None), Path("a.mp4"))
        return counted.total

    assert asyncio.run(many()) == MOST_KEPT + 11


def test_ffmpeg_that_hangs_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pictures, "TIMEOUT_SECONDS", 0.1)
    monkeypatch.setattr(pictures, "snapshot_command", lambda *_, **__: ["sleep", "60"])

    async def hang() -> None:
        with pytest.raises(MediaError):
            await Pictures().take(Still("a", 0, None), Path("a.mp4"))

    asyncio.run(hang())


def test_a_heatmap_is_hot_where_things_moved(client: httpx.Client) -> None:
    answer = client.get("/heatmap.png?camera=front-door&date=2026-11-22&size=800x450")
    picture = opened(answer.content)
    assert (answer.headers["Content-Type"], picture.size) == ("image/png", (800, 450))
    hot, cold = picture.getpixel((400, 225)), picture.getpixel((20, 20))
    assert isinstance(hot, tuple)
    assert isinstance(cold, tuple)
    assert hot[0] > 100 > hot[2]
    assert cold[2] > 100 > cold[0]


def test_a_heatmap_over_the_picture(client: httpx.Client) -> None:
    plain = client.get("/heatmap.png?camera=front-door&overlay=0").content
    assert opened(client.get("/heatmap.png?camera=front-door&overlay=1").content).size == (640, 360)
    assert plain != client.get("/heatmap.png?camera=front-door&overlay=1").content
    assert plain != client.get("/heatmap.png?camera=front-door&map=viridis").content


def test_a_heatmap_has_a_legend_unless_asked_not_to(client: httpx.Client) -> None:
    named, bare = (opened(client.get(f"/heatmap.png?camera=front-door&legend={flag}").content) for flag in (1, 0))
    changed = ImageChops.difference(named, bare).getbbox()
    assert changed is not None
    left, top, right, bottom = changed
    assert left < 20 < right < 320
    assert 270 < top < bottom <= 350


def test_a_heatmap_that_shows_the_same_is_not_sent_again(client: httpx.Client, past: FixedPast) -> None:
    first = client.get("/heatmap.png?camera=front-door&date=2026-11-22")
    tag = {"If-None-Match": first.headers["ETag"]}
    again = client.get("/heatmap.png?camera=front-door&date=2026-11-22", headers=tag)
    assert (again.status_code, again.content, again.headers["ETag"]) == (304, b"", first.headers["ETag"])
    assert client.get("/heatmap.png?camera=front-door&date=2026-11-22&scale=linear", headers=tag).status_code == 200
    past.counts[3, 3] += 1
    assert client.get("/heatmap.png?camera=front-door&date=2026-11-22", headers=tag).status_code == 200


def test_the_overlay_does_without_a_picture(client: httpx.Client, tmp_path: Path) -> None:
    for video in tmp_path.rglob("*.mp4"):
        video.write_bytes(b"nothing")
    assert client.get("/heatmap.png?camera=front-door&overlay=1").status_code == 200


def test_a_heatmap_is_of_the_day_in_the_configured_timezone(client: httpx.Client, past: FixedPast) -> None:
    client.get("/heatmap.png?camera=front-door")
    client.get("/heatmap.png?camera=front-door&date=2026-11-22")
    client.get("/heatmap.png?camera=front-door&from=2026-11-22T10:00:00Z&to=2026-11-22T11:00:00Z")
    day = datetime(2026, 11, 21, 23, tzinfo=UTC), datetime(2026, 11, 22, 23, tzinfo=UTC)
    start = datetime(2026, 11, 22, 10, tzinfo=UTC)
    assert past.asked == [day, day, (start, start + timedelta(hours=1))]


def test_a_day_without_data_is_404_with_the_reason(client: httpx.Client) -> None:
    answer = client.get("/heatmap.png?camera=front-door&date=2025-01-01")
    assert answer.status_code == 404
    assert "nothing was counted for front-door" in answer.json()["error"]


def test_who_asks_for_a_placeholder_gets_a_heatmap_without_heat(client: httpx.Client) -> None:
    answer = client.get("/heatmap.png?camera=front-door&date=2025-01-01&overlay=1&placeholder=1")
    assert answer.status_code == 200
    assert opened(answer.content).size == (640, 360)


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("date=2026-02-30", "date is not a date"),
        ("date=", "date is not a date"),
        ("date=2026-11-22&from=2026-11-21", "date stands beside"),
        ("from=2026-11-22&to=2026-11-21", "from must be before to"),
        ("from=2020-01-01&to=2026-01-01", "too far apart"),
        ("size=100000x100000", "size cannot be"),
        ("size=1", "size cannot be"),
        ("map=hot", "map cannot be hot"),
        ("scale=root", "scale cannot be root"),
        ("overlay=yes", "overlay cannot be yes"),
        ("legend=no", "legend cannot be no"),
        ("placeholder=no", "placeholder cannot be no"),
    ],
)
def test_a_bad_question_for_a_heatmap_is_400(client: httpx.Client, query: str, said: str) -> None:
    answer = client.get(f"/heatmap.png?camera=front-door&{query}")
    assert answer.status_code == 400
    assert said in answer.json()["error"]


def test_a_heatmap_without_the_database_is_503(client: httpx.Client, past: FixedPast) -> None:
    past.away = True
    assert client.get("/heatmap.png?camera=front-door").status_code == 503
