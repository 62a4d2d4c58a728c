"""The ffmpeg processes of a running recorder, told apart by what they are for, and the footage that they left."""

import re
from collections.abc import Iterator
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

from ingest.mp4 import probe
from tests.e2e.live import LiveRecorder, alive, children_of

_PIPE = re.compile(r"pipe:\[(\d+)\]")

SEAM_SECONDS = 0.01
"""Names hold milliseconds: a segment may begin so much after the end of the one before."""

BETTERED_SECONDS = 1.0
"""By so much a run may learn that it was dated too late, by reports that were late on a busy machine."""


def recorder_of(live: LiveRecorder, camera: str) -> int:
    """The process that writes a camera's files: its working directory is theirs."""
    [pid] = [pid for pid in live.children() if _is_recorder(pid) and _folder(pid).parent.name == camera]
    return pid


def decoder_of(live: LiveRecorder, camera: str) -> int:
    """The process at the other end of the pipe into which a camera's recorder copies its packets."""
    written = _pipes(recorder_of(live, camera))
    [pid] = [pid for pid in live.children() if not _is_recorder(pid) and _pipes(pid) & written]
    return pid


def zombies(pid: int) -> list[int]:
    """Children that have ended and that nobody has waited for."""
    return [child for child in children_of(pid) if not alive(child)]


def gaps(live: LiveRecorder, camera: str, cause: str) -> list[dict[str, Any]]:
    return [gap for gap in live.get("/api/gaps", camera=camera)["gaps"] if gap["cause"] == cause]


def closed_gap(live: LiveRecorder, camera: str, cause: str, seconds: float) -> dict[str, Any]:
    """The one gap of this cause, when it is over."""
    live.wait_for(lambda: any(gap["end"] for gap in gaps(live, camera, cause)), seconds)
    [gap] = gaps(live, camera, cause)
    return gap


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


def lost_pictures(live: LiveRecorder, segments: list[dict[str, Any]], fps: int) -> int:
    """How many of the pictures from the first to the last of these finished segments are whole in none of them."""
    assert len(segments) > 2
    for earlier, later in pairwise(segments):
        seam = (moment(later["start"]) - moment(earlier["end"])).total_seconds()
        assert -BETTERED_SECONDS < seam <= SEAM_SECONDS, (earlier, later)
    expected: float = sum(segment["duration_seconds"] for segment in segments) * fps
    return round(expected) - sum(probe(file).pictures for file in _files(live, segments))


def finished(live: LiveRecorder, camera: str) -> list[dict[str, Any]]:
    return [segment for segment in live.timeline(camera)["segments"] if segment["complete"]]


def _files(live: LiveRecorder, segments: list[dict[str, Any]]) -> Iterator[Path]:
    file = live.folder / "segment.mp4"
    for segment in segments:
        file.write_bytes(live.http.get(segment["url"]).content)
        yield file


def _is_recorder(pid: int) -> bool:
    return b"-segment_list" in Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")


def _folder(pid: int) -> Path:
    return Path(f"/proc/{pid}/cwd").readlink()


def _pipes(pid: int) -> set[str]:
    """The pipes that a process holds an end of."""
    ends = [str(end.readlink()) for end in Path(f"/proc/{pid}/fd").iterdir()]
    return {found[1] for end in ends if (found := _PIPE.match(end))}
