from pathlib import Path

import pytest

from ingest.mp4 import fragment_heads
from ingest.parameter_sets import picture_size
from ingest.resolution import SizeWatch
from tests.clips import run_ffmpeg

_FLAGS = ["-movflags", "+frag_keyframe+empty_moov+default_base_moof", "-f", "mp4"]


def _footage(path: Path, size: str, codec: str = "libx264", *options: str) -> Path:
    """Fragmented, with the parameter sets before each key frame, as cameras send them."""
    stream, kind = ("h264", "h264_metadata") if codec == "libx264" else ("hevc", "hevc_metadata")
    raw = path.with_suffix(".raw")
    source = ["-f", "lavfi", "-i", f"testsrc2=size={size}:rate=5:duration=3"]
    run_ffmpeg(*source, "-c:v", codec, "-g", "5", *options, "-pix_fmt", "yuv420p", "-f", stream, str(raw))
    run_ffmpeg("-f", stream, "-r", "5", "-i", str(raw), "-c", "copy", "-bsf:v", kind, *_FLAGS, str(path))
    return path


def _sizes(file: Path, codec: str) -> set[tuple[int, int]]:
    return {size for head, _ in fragment_heads(file) if (size := picture_size(head, codec))}


@pytest.mark.parametrize(
    ("size", "options", "coded"),
    [
        ("320x180", (), (320, 192)),
        ("640x360", ("-profile:v", "baseline"), (640, 368)),
        ("1280x720", ("-profile:v", "main", "-bf", "2"), (1280, 720)),
        ("320x240", ("-profile:v", "high", "-x264-params", "cqm=jvt"), (320, 240)),
        ("320x256", ("-flags", "+ildct+ilme", "-x264-params", "interlaced=1"), (320, 256)),
    ],
)
def test_h264_says_its_size(tmp_path: Path, size: str, options: tuple[str, ...], coded: tuple[int, int]) -> None:
    assert _sizes(_footage(tmp_path / "x.mp4", size, "libx264", *options), "h264") == {coded}


@pytest.mark.parametrize(("size", "coded"), [("320x184", (320, 184)), ("1280x720", (1280, 720))])
def test_hevc_says_its_size(tmp_path: Path, size: str, coded: tuple[int, int]) -> None:
    quiet = ("-x265-params", "log-level=none")
    assert _sizes(_footage(tmp_path / "x.mp4", size, "libx265", *quiet), "hevc") == {coded}


def test_a_change_is_seen_once_it_is_written(tmp_path: Path) -> None:
    small, large = _footage(tmp_path / "small.mp4", "320x180"), _footage(tmp_path / "large.mp4", "640x360")
    growing, watch = tmp_path / "growing.mp4", SizeWatch()
    growing.write_bytes(small.read_bytes()[:-2000])
    assert not watch.has_changed(growing, "h264")
    growing.write_bytes(small.read_bytes())
    assert not watch.has_changed(growing, "h264")
    growing.write_bytes(small.read_bytes() + large.read_bytes())
    assert watch.has_changed(growing, "h264")


def test_a_change_is_seen_over_the_border_of_two_segments(tmp_path: Path) -> None:
    watch = SizeWatch()
    assert not watch.has_changed(_footage(tmp_path / "1.mp4", "320x180"), "h264")
    assert not watch.has_changed(_footage(tmp_path / "2.mp4", "320x180"), "h264")
    assert watch.has_changed(_footage(tmp_path / "3.mp4", "640x360"), "h264")


def test_one_damaged_key_frame_is_no_change(tmp_path: Path) -> None:
    small, other = _footage(tmp_path / "small.mp4", "320x180"), _footage(tmp_path / "other.mp4", "640x360")
    [(_, end), *_] = fragment_heads(other)
    growing, watch = tmp_path / "growing.mp4", SizeWatch()
    growing.write_bytes(small.read_bytes() + other.read_bytes()[:end] + small.read_bytes())
    assert not watch.has_changed(growing, "h264")


def test_two_damaged_key_frames_that_happen_to_mean_the_same_size_are_no_change(tmp_path: Path) -> None:
    small = _footage(tmp_path / "small.mp4", "320x180")
    others = [_footage(tmp_path / f"{level}.mp4", "640x360", "libx264", "-level", level) for level in ("3.1", "4.0")]
    firsts = [other.read_bytes()[: next(fragment_heads(other))[1]] for other in others]
    growing, watch = tmp_path / "growing.mp4", SizeWatch()
    growing.write_bytes(b"".join((small.read_bytes(), *firsts, small.read_bytes())))
    assert not watch.has_changed(growing, "h264")
    growing.write_bytes(b"".join((small.read_bytes(), *firsts, others[1].read_bytes())))
    assert SizeWatch().has_changed(growing, "h264")


def test_garbage_has_no_size() -> None:
    assert picture_size(b"", "h264") is None
    assert picture_size(bytes(range(256)), "h264") is None
    assert picture_size(b"\0\0\0\x04\x67\xff\xff\xff", "h264") is None
    assert picture_size(b"\0\0\0\x03\x42\x01\x01", "hevc") is None
