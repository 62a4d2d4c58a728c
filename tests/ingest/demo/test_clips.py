import dataclasses
import subprocess
from pathlib import Path

import av
import pytest

from ingest.demo import clips, scenes
from ingest.ffmpeg import executable
from nvr.errors import MediaError

SMALL = scenes.walker(4, width=160, height=90)


def test_a_clip_has_every_frame_and_an_idr_picture_every_two_seconds(tmp_path: Path) -> None:
    clip = clips.make_clip(SMALL, tmp_path)
    with av.open(str(clip)) as container:
        packets = [packet for packet in container.demux(container.streams.video[0]) if packet.size]
    assert len(packets) == SMALL.frame_count
    keys = [index for index, packet in enumerate(packets) if packet.is_keyframe]
    assert keys == list(range(0, SMALL.frame_count, 2 * SMALL.fps))
    assert all(5 in nal_types(bytes(packets[key])) for key in keys), "an I frame that is no IDR"
    assert [packet.pts for packet in packets] == [index * 6000 for index in range(SMALL.frame_count)]


def nal_types(access_unit: bytes) -> list[int]:
    """The kinds of NAL units in a picture as MP4 keeps it, each behind its length in four bytes."""
    types, offset = [], 0
    while offset < len(access_unit):
        types.append(access_unit[offset + 4] & 0x1F)
        offset += 4 + int.from_bytes(access_unit[offset : offset + 4], "big")
    return types


def test_a_clip_is_encoded_once_and_known_by_its_content(tmp_path: Path) -> None:
    encoded: list[int] = []
    clip = clips.make_clip(SMALL, tmp_path, lambda: encoded.append(1))
    assert len(encoded) == SMALL.frame_count
    assert clips.make_clip(SMALL, tmp_path, lambda: encoded.append(1)) == clip
    assert len(encoded) == SMALL.frame_count
    noisier = dataclasses.replace(SMALL, noise=5.0)
    assert clips.clip_path(noisier, tmp_path) != clip
    assert clips.clip_path(scenes.lights(4, width=160, height=90), tmp_path) != clip


def test_what_cannot_be_encoded_leaves_no_file_and_says_why(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clips, "encode_arguments", lambda *_: ["-i", str(tmp_path / "absent.mp4"), "-f", "null", "-"])
    with pytest.raises(MediaError, match="No such file"):
        clips.make_clip(SMALL, tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_an_interrupted_encoding_leaves_no_file(tmp_path: Path) -> None:
    def interrupt() -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        clips.make_clip(SMALL, tmp_path, interrupt)
    assert list(tmp_path.iterdir()) == []


def test_the_picture_survives_encoding(tmp_path: Path) -> None:
    clip = clips.make_clip(scenes.lights(20, width=160, height=90), tmp_path)
    raw = subprocess.run(
        [executable(), "-v", "error", "-i", str(clip), "-vf", "scale=1:1,format=gray", "-f", "rawvideo", "pipe:1"],
        capture_output=True,
        check=True,
    ).stdout
    assert len(raw) == 200
    assert raw[10] > 2 * raw[100]
