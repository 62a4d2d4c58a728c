import subprocess
from pathlib import Path

import numpy as np
import pytest

from ingest.ffmpeg import executable
from ingest.video import analysed_frames
from nvr.errors import MediaError


def encode(target: Path, *arguments: str) -> Path:
    subprocess.run([executable(), "-v", "error", "-nostdin", "-y", *arguments, str(target)], check=True)
    return target


def descriptors() -> int:
    return sum(1 for _ in Path("/proc/self/fd").iterdir())


def children() -> set[str]:
    """Our processes, zombies included."""
    return {pid for task in Path("/proc/self/task").iterdir() for pid in (task / "children").read_text().split()}


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Four seconds at 25 fps that grow brighter from black to white, left half only."""
    target = tmp_path_factory.mktemp("video") / "brighter.mp4"
    ramp = "geq=lum='if(lt(X,W/2),16+N*2,16)':cb=128:cr=128"
    source = f"color=black:size=320x180:rate=25:duration=4,{ramp},format=yuv420p"
    return encode(target, "-f", "lavfi", "-i", source, "-c:v", "libx264", "-preset", "ultrafast")


def test_pictures_are_thinned_out_and_carry_their_media_times(clip: Path) -> None:
    times = [seconds for seconds, _ in analysed_frames(clip, 5)]
    assert len(times) == 20
    np.testing.assert_allclose(times, np.arange(20) / 5, atol=1e-6)


def test_a_picture_belongs_to_its_time(clip: Path) -> None:
    for seconds, picture in analysed_frames(clip, 5):
        assert picture.shape == (90, 160)
        assert picture.dtype == np.uint8
        assert picture[:, 5:70].mean() == pytest.approx(seconds * 25 * 2 * 255 / 219, abs=3)
        assert picture[:, 90:].mean() < 4


def test_a_slow_video_is_not_padded(tmp_path: Path) -> None:
    slow = encode(tmp_path / "slow.mp4", "-f", "lavfi", "-i", "testsrc=rate=2:duration=4", "-c:v", "libx264")
    assert [seconds for seconds, _ in analysed_frames(slow, 5)] == pytest.approx([0, 0.5, 1, 1.5, 2, 2.5, 3, 3.5])


def test_times_begin_at_the_first_picture(clip: Path, tmp_path: Path) -> None:
    late = encode(tmp_path / "late.mkv", "-i", str(clip), "-c", "copy", "-output_ts_offset", "100")
    times = [seconds for seconds, _ in analysed_frames(late, 5)]
    assert times[0] == 0
    assert times[-1] == pytest.approx(3.8, abs=0.01)


def test_a_long_video_does_not_block_the_pipes(tmp_path: Path) -> None:
    source = "testsrc=size=160x90:rate=25:duration=200"
    long = encode(tmp_path / "long.mp4", "-f", "lavfi", "-i", source, "-c:v", "libx264", "-preset", "ultrafast")
    assert sum(1 for _ in analysed_frames(long, 25)) == 5000


def test_leaving_early_ends_and_reaps_ffmpeg_and_leaks_no_descriptor(clip: Path) -> None:
    before, others = descriptors(), children()
    for _ in range(3):
        frames = analysed_frames(clip, 5)
        next(frames)
        frames.close()  # type: ignore[attr-defined]
    assert descriptors() == before
    assert children() == others


@pytest.mark.parametrize("content", [b"", b"not a video at all" * 100])
def test_a_file_that_is_no_video_is_a_media_error_naming_it(tmp_path: Path, content: bytes) -> None:
    bad = tmp_path / "bad.mp4"
    bad.write_bytes(content)
    with pytest.raises(MediaError, match=r"cannot decode .*bad\.mp4"):
        list(analysed_frames(bad, 5))


def test_sound_without_pictures_is_a_media_error(tmp_path: Path) -> None:
    sound = encode(tmp_path / "sound.m4a", "-f", "lavfi", "-i", "sine=duration=1")
    with pytest.raises(MediaError):
        list(analysed_frames(sound, 5))


def test_a_missing_file_is_a_media_error(tmp_path: Path) -> None:
    with pytest.raises(MediaError, match="no such video file"):
        list(analysed_frames(tmp_path / "none.mp4", 5))


def test_a_torn_file_yields_what_it_has(clip: Path, tmp_path: Path) -> None:
    torn = encode(tmp_path / "whole.ts", "-i", str(clip), "-c", "copy")
    torn.write_bytes(torn.read_bytes()[: torn.stat().st_size * 2 // 3])
    assert 5 <= len(list(analysed_frames(torn, 5))) < 20


def test_a_file_named_like_a_protocol_is_a_file(clip: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "pipe:0").write_bytes(clip.read_bytes())
    monkeypatch.chdir(tmp_path)
    assert len(list(analysed_frames(Path("pipe:0"), 5))) == 20


@pytest.mark.parametrize(("rate", "fps"), [("15", 10), ("12.5", 5), ("12", 5), ("10", 3), ("15", 5), ("30000/1001", 5)])
def test_as_many_pictures_are_analysed_as_were_asked_for_also_where_the_rates_do_not_divide(
    tmp_path: Path, rate: str, fps: int
) -> None:
    clip = tmp_path / "clip.mp4"
    encode(clip, "-f", "lavfi", "-i", f"testsrc2=size=64x36:rate={rate}:duration=12", "-c:v", "libx264")
    times = np.array([seconds for seconds, _ in analysed_frames(clip, fps)])
    assert (len(times) - 1) / times[-1] == pytest.approx(fps, rel=0.02)
    assert np.diff(times).max() < 1.5 / fps


def test_jittery_times_do_not_make_the_analysed_pictures_uneven(tmp_path: Path) -> None:
    clip = tmp_path / "clip.mkv"
    jitter = "settb=1/90000,setpts='PTS+random(3)*0.01/TB'"
    source = ["-f", "lavfi", "-i", "testsrc2=size=64x36:rate=15:duration=12", "-vf", jitter]
    encode(clip, *source, "-fps_mode", "passthrough", "-c:v", "libx264")
    gaps = np.diff([seconds for seconds, _ in analysed_frames(clip, 5)])
    assert gaps.mean() == pytest.approx(0.2, rel=0.02)
    assert 0.18 < gaps.min() <= gaps.max() < 0.22
