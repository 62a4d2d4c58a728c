"""The main job, end to end, against what is known to have been in front of the cameras."""

import re
import subprocess
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image

from nvr.clock import utc_now
from nvr.model import Box
from tests.clips import count_pictures
from tests.e2e.conftest import Watched

WALK = (6.0, 17.0)
"""When the scene's first walker comes into the picture and is gone, in scene seconds."""


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _finished(watched: Watched, camera: str) -> list[dict[str, Any]]:
    return [segment for segment in watched.recorder.timeline(camera)["segments"] if segment["complete"]]


def _download(watched: Watched, segment: dict[str, Any], folder: Path) -> Path:
    answer = watched.recorder.http.get(segment["url"])
    assert answer.status_code == 200
    file = folder / "segment.mp4"
    file.write_bytes(answer.content)
    return file


def _first_picture(file: Path, width: int, height: int) -> npt.NDArray[np.uint8]:
    command = ["ffmpeg", "-v", "error", "-i", str(file), "-frames:v", "1", "-f", "rawvideo", "-pix_fmt", "rgb24", "-"]
    data = subprocess.run(command, check=True, capture_output=True).stdout
    return np.frombuffer(data, np.uint8).reshape(height, width, 3)


def _overlap(a: Box, b: Box) -> float:
    """Intersection over union."""
    across = min(a[0] + a[2], b[0] + b[2]) - max(a[0], b[0])
    down = min(a[1] + a[3], b[1] + b[3]) - max(a[1], b[1])
    shared = max(0.0, across) * max(0.0, down)
    return shared / (a[2] * a[3] + b[2] * b[3] - shared)


def _union(boxes: list[Box]) -> Box:
    left, top = min(b[0] for b in boxes), min(b[1] for b in boxes)
    return left, top, max(b[0] + b[2] for b in boxes) - left, max(b[1] + b[3] for b in boxes) - top


@pytest.mark.parametrize("camera", ["door", "hall", "file"])
def test_footage_is_continuous_and_decodable(watched: Watched, camera: str, tmp_path: Path) -> None:
    segments = _finished(watched, camera)
    assert len(segments) >= 4
    for earlier, later in pairwise(segments):
        assert abs((_time(later["start"]) - _time(earlier["end"])).total_seconds()) < 0.1
    for segment in segments:
        pictures = count_pictures(_download(watched, segment, tmp_path))
        assert pictures == pytest.approx(segment["duration_seconds"] * (10 if camera == "hall" else 15), abs=1.5)


def test_footage_bears_the_time_at_which_it_was_in_front_of_the_camera(watched: Watched, tmp_path: Path) -> None:
    scene, compared = watched.scenes["door"], 0
    for segment in _finished(watched, "door"):
        seconds = watched.scene_seconds("door", _time(segment["start"]))
        if not WALK[0] + 1.5 < seconds < WALK[1] - 1.5:
            continue  # nothing moves by which the moment could be told
        picture = _first_picture(_download(watched, segment, tmp_path), scene.width, scene.height).astype(np.int16)
        candidates = np.arange(seconds - 1.5, seconds + 1.5, 0.1)
        differences = [np.abs(scene.picture(moment) - picture).mean() for moment in candidates]
        assert abs(candidates[int(np.argmin(differences))] - seconds) < 0.5
        compared += 1
    assert compared >= 1


def test_the_walker_is_one_event_with_its_time_box_and_zone(watched: Watched) -> None:
    def walk() -> list[dict[str, Any]]:
        events: list[dict[str, Any]] = watched.recorder.get("/api/events", camera="door")["events"]
        return [event for event in events if event["end"]]

    watched.recorder.wait_for(lambda: bool(walk()), 15)
    [event] = walk()
    assert watched.scene_seconds("door", _time(event["start"])) == pytest.approx(WALK[0], abs=1.5)
    assert watched.scene_seconds("door", _time(event["end"])) == pytest.approx(WALK[1], abs=1.5)
    scene = watched.scenes["door"]
    truth = _union([box for moment in np.arange(*WALK, 0.2) for box in scene.boxes(moment)])
    assert _overlap(tuple(event["box"]), truth) > 0.5
    assert event["zones"] == ["path"]
    assert 0.0 < event["peak"] <= 1.0


def test_lights_are_scene_changes_and_no_motion(watched: Watched) -> None:
    assert watched.recorder.get("/api/events", camera="hall")["events"] == []
    assert watched.recorder.metric("nvr_scene_changes_total", camera="hall", kind="light") >= 2


def test_the_heatmap_is_hot_where_something_moved_and_cold_elsewhere(watched: Watched, tmp_path: Path) -> None:
    def heatmap() -> bool:
        answer = watched.recorder.http.get("/heatmap.png", params={"camera": "door", "size": "160x90"})
        (tmp_path / "heatmap.png").write_bytes(answer.content)
        return answer.status_code == 200

    watched.recorder.wait_for(heatmap, 20)
    rgb = np.asarray(Image.open(tmp_path / "heatmap.png").convert("RGB")).astype(int)
    cold = rgb[2, 80]
    heat = np.abs(rgb - cold).sum(axis=2)
    scene = watched.scenes["door"]
    x, y, width, height = _union([box for moment in np.arange(*WALK, 0.2) for box in scene.boxes(moment)])
    inside = np.zeros((90, 160), bool)
    inside[int(y * 90) - 3 : int((y + height) * 90) + 4, int(x * 160) : int((x + width) * 160) + 1] = True
    assert heat[~inside].max() < 60
    assert (heat[inside] > 60).mean() > 0.3


def test_a_heatmap_without_data_says_so(watched: Watched) -> None:
    answer = watched.recorder.http.get("/heatmap.png", params={"camera": "door", "date": "2020-02-02"})
    assert answer.status_code == 404
    assert set(answer.json()) == {"error", "hint"}


def test_metrics_move(watched: Watched) -> None:
    metric = watched.recorder.metric
    assert metric("nvr_camera_up", camera="door") == 1
    assert metric("nvr_camera_up", camera="absent") == 0
    assert metric("nvr_camera_frames_received_total", camera="door") > 15 * 25
    assert metric("nvr_camera_frames_processed_total", camera="door") > 5 * 22
    assert metric("nvr_camera_frames_dropped_total", camera="door") == 0
    assert metric("nvr_motion_events_total", camera="door", zone="path") >= 1
    assert metric("nvr_ffmpeg_restarts_total", camera="absent", reason="refused") >= 3
    assert metric("nvr_event_sink_up") == 1
    assert metric("nvr_errors_total") == 0
    expected = metric("nvr_recording_expected_seconds_total", camera="door")
    assert metric("nvr_recording_seconds_total", camera="door") == pytest.approx(expected, abs=4)


def test_bytes_on_disk_are_the_bytes_counted(watched: Watched) -> None:
    folder = watched.recorder.recordings / "hall"
    on_disk = sum(file.stat().st_size for file in folder.rglob("*.mp4"))
    assert watched.recorder.metric("nvr_recording_bytes_total", camera="hall") == pytest.approx(on_disk, rel=0.2)


def test_states_are_told(watched: Watched) -> None:
    cameras = {camera["camera"]: camera for camera in watched.recorder.get("/api/cameras")["cameras"]}
    door = cameras["door"]
    assert (door["state"], door["width"], door["height"], door["codec"]) == ("healthy", 640, 360, "h264")
    assert door["fps"] == pytest.approx(15, abs=1.5)
    assert door["seconds_since_last_frame"] < 3
    assert door["total_reconnects"] == 0
    assert cameras["absent"]["state"] in ("starting", "offline")
    assert cameras["absent"]["consecutive_failures"] >= 3


def test_footage_that_is_missing_is_a_gap_with_its_cause(watched: Watched) -> None:
    gaps = watched.recorder.get("/api/gaps", camera="absent")["gaps"]
    assert [gap["cause"] for gap in gaps][:1] == ["refused"]
    assert gaps[0]["end"] is None
    assert all(gap["cause"] == "config_change" for gap in watched.recorder.get("/api/gaps", camera="door")["gaps"])


def test_the_timeline_reaches_to_the_segment_that_is_being_written(watched: Watched) -> None:
    # Between two segments there is none for a moment.
    watched.recorder.wait_for(lambda: not watched.recorder.timeline("door")["segments"][-1]["complete"], 5)
    *_, last = watched.recorder.timeline("door")["segments"]
    assert utc_now() - _time(last["end"]) < timedelta(seconds=4)
    assert watched.recorder.http.get(last["url"]).status_code == 200


def test_a_snapshot_shows_the_moment_it_is_asked_for(watched: Watched) -> None:
    scene = watched.scenes["door"]
    moment = watched.played_at["door"] + timedelta(seconds=11)
    answer = watched.recorder.http.get("/snapshot.jpg", params={"camera": "door", "t": moment.isoformat()})
    assert answer.headers["content-type"] == "image/jpeg"
    file = watched.recorder.folder / "snapshot.jpg"
    file.write_bytes(answer.content)
    picture = np.asarray(Image.open(file).convert("RGB")).astype(np.int16)
    candidates = np.arange(9.0, 13.0, 0.1)
    differences = [np.abs(scene.picture(second) - picture).mean() for second in candidates]
    assert abs(candidates[int(np.argmin(differences))] - 11) < 0.6


@pytest.mark.parametrize(
    ("header", "status", "content"),
    [
        ("bytes=0-99", 206, slice(0, 100)),
        ("bytes=100-", 206, slice(100, None)),
        ("bytes=-50", 206, slice(-50, None)),
        ("bytes=99999999-", 416, slice(0, 0)),
        ("lines=1-2", 200, slice(None)),
    ],
)
def test_ranges_are_answered_as_the_standard_says(watched: Watched, header: str, status: int, content: slice) -> None:
    segment = _finished(watched, "door")[0]
    whole = watched.recorder.http.get(segment["url"]).content
    answer = watched.recorder.http.get(segment["url"], headers={"Range": header})
    assert answer.status_code == status
    if status == 416:
        assert answer.headers["content-range"] == f"bytes */{len(whole)}"
    else:
        assert answer.content == whole[content]


def test_pages_answer(watched: Watched) -> None:
    for page in ("/", "/play?camera=door", "/heatmap?camera=door"):
        answer = watched.recorder.http.get(page)
        assert answer.status_code == 200
        assert answer.headers["content-type"].startswith("text/html")


def test_the_command_line_asks_the_running_recorder(watched: Watched) -> None:
    assert watched.recorder.command("events", "--camera", "door") != []
    assert watched.recorder.command("gaps", "--camera", "absent")[0]["cause"] == "refused"


def test_no_password_is_to_be_seen_anywhere(watched: Watched) -> None:
    recorder = watched.recorder
    told = [recorder.log.read_text(), recorder.http.get("/metrics").text, recorder.http.get("/api/cameras").text]
    told += [unquote(Path(f"/proc/{pid}/cmdline").read_text()) for pid in (recorder.pid, *recorder.children())]
    assert not any(re.search("canary", text) for text in told)
    database = [file for file in (recorder.folder / "data").rglob("*") if file.is_file()]
    assert database
    assert not any(b"canary-password" in file.read_bytes() for file in database)


def test_the_database_answers_strangers_beside_the_recorder(watched: Watched) -> None:
    statement = "SELECT id, camera FROM motion_events FINAL WHERE `end` IS NOT NULL FORMAT JSON"
    answer = watched.recorder.http.post("/clickhouse/", content=statement)
    assert answer.status_code == 200, answer.text
    told = {event["id"] for event in watched.recorder.get("/api/events")["events"]}
    assert answer.json()["data"]
    assert {row["id"] for row in answer.json()["data"]} & told
