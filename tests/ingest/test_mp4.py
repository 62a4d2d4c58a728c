from itertools import product
from pathlib import Path
from re import finditer

import pytest

from ingest.mp4 import is_bare, probe
from nvr.errors import MediaError
from tests.clips import make_fragmented, run_ffmpeg


def test_a_whole_file_is_measured_exactly(footage: Path) -> None:
    media = probe(footage)
    assert (media.codec, media.width, media.height, media.pictures) == ("h264", 320, 180, 50)
    assert media.duration_seconds == pytest.approx(5.0, abs=0.001)


def test_a_torn_file_counts_its_whole_pictures_only(footage: Path, tmp_path: Path) -> None:
    data, torn, counts = footage.read_bytes(), tmp_path / "torn.mp4", []
    for share in (0.3, 0.5, 0.7, 0.9):
        torn.write_bytes(data[: int(len(data) * share)])
        counts.append(probe(torn).pictures)
    assert counts == sorted(counts)
    assert 5 < counts[0] < counts[-1] < 50


def test_every_length_of_a_torn_file_can_be_read(footage: Path, tmp_path: Path) -> None:
    data, torn = footage.read_bytes(), tmp_path / "torn.mp4"
    for length in range(0, 4000, 7):
        torn.write_bytes(data[:length])
        try:
            assert probe(torn).pictures >= 0
        except MediaError:
            assert length < 1500


@pytest.mark.parametrize("content", [b"", b"\0" * 100, b"not a video at all, but long enough to hold a box header"])
def test_what_is_no_video_is_a_media_error(content: bytes, tmp_path: Path) -> None:
    file = tmp_path / "x.mp4"
    file.write_bytes(content)
    with pytest.raises(MediaError, match=r"x\.mp4"):
        probe(file)


@pytest.mark.parametrize("bit", range(8))
def test_a_flipped_bit_in_a_fragments_header_is_no_damaged_file(footage: Path, tmp_path: Path, bit: int) -> None:
    data, damaged = footage.read_bytes(), tmp_path / "damaged.mp4"
    moof = data.index(b"moof", len(data) // 2)
    for at in range(moof + 4, moof + 120):
        damaged.write_bytes(data[:at] + bytes([data[at] ^ 1 << bit]) + data[at + 1 :])
        assert probe(damaged).pictures >= 30


def test_what_is_cut_off_before_its_first_picture_is_bare(footage: Path, tmp_path: Path) -> None:
    data, torn = footage.read_bytes(), tmp_path / "torn.mp4"
    media_data = data.index(b"mdat")
    for length in [*range(0, media_data, 3), media_data + 5, media_data + 50]:
        torn.write_bytes(data[:length])
        assert is_bare(torn), length
    torn.write_bytes(data[: len(data) // 2])
    assert not is_bare(torn)


@pytest.mark.parametrize("kind", [b"ftyp", b"moov", b"moof", b"mdat"])
def test_what_is_damaged_is_not_bare(footage: Path, tmp_path: Path, kind: bytes) -> None:
    data, damaged = footage.read_bytes(), tmp_path / "damaged.mp4"
    for at, bit in product(range(data.index(kind) - 4, data.index(kind) + 4), range(8)):
        damaged.write_bytes(data[:at] + bytes([data[at] ^ 1 << bit]) + data[at + 1 :])
        assert not is_bare(damaged), (at, bit)


def test_sound_is_not_taken_for_video(tmp_path: Path, footage: Path) -> None:
    both = tmp_path / "both.mp4"
    sound = ["-f", "lavfi", "-i", "sine=duration=9"]
    flags = ["-movflags", "+frag_keyframe+empty_moov+default_base_moof"]
    run_ffmpeg(
        *sound, "-i", str(footage), "-map", "0:a", "-map", "1:v", "-c:v", "copy", "-c:a", "aac", *flags, str(both)
    )
    media = probe(both)
    assert (media.codec, media.pictures) == ("h264", 50)


def test_sound_whose_pictures_never_came_is_bare(tmp_path: Path, footage: Path) -> None:
    both, flags = tmp_path / "both.mp4", ["-movflags", "+frag_keyframe+empty_moov+default_base_moof"]
    sound = ["-f", "lavfi", "-t", "3", "-i", "sine", "-itsoffset", "9", "-i", str(footage)]
    copy = ["-map", "0:a", "-map", "1:v", "-c:v", "copy", "-c:a", "aac", "-frag_duration", "500000"]
    run_ffmpeg(*sound, *copy, *flags, str(both))
    data = both.read_bytes()
    ends = [at.start() - 4 for at in finditer(b"moof", data)]
    both.write_bytes(data[: ends[2]])
    assert (probe(both).pictures, is_bare(both)) == (0, True)
    for at in range(0, 1200, 7):  # whatever is damaged, it can be said
        both.write_bytes(data[:at] + bytes([data[at] ^ 255]) + data[at + 1 : ends[2]])
        is_bare(both)
    at = data.index(b"tkhd", data.index(b"tkhd") + 4) + 19  # of the video: its track is then no longer that of its data
    both.write_bytes(data[:at] + bytes([data[at] ^ 8]) + data[at + 1 :])
    assert (probe(both).pictures, is_bare(both)) == (0, False)


def test_pictures_that_are_reordered_count_all_the_same(tmp_path: Path) -> None:
    source = make_fragmented(tmp_path / "plain.mp4", 2)
    reordered = tmp_path / "reordered.mp4"
    flags = ["-movflags", "+frag_keyframe+empty_moov+default_base_moof"]
    run_ffmpeg("-i", str(source), "-c:v", "libx264", "-bf", "3", *flags, str(reordered))
    assert probe(reordered).pictures == 20


def test_what_is_not_h264_is_named_too(tmp_path: Path) -> None:
    assert probe(make_fragmented(tmp_path / "jpeg.mp4", 1, codec="mjpeg")).codec == "mjpeg"
