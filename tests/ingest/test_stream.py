from pathlib import Path

import pytest

from ingest.stream import Handling, StreamListener, Streams, remember, remembered


@pytest.mark.parametrize(
    ("line", "streams"),
    [
        (
            "[info]   Stream #0:0: Video: h264 (High), yuv420p(progressive), 640x360 [SAR 1:1], 15 fps, 15 tbr",
            Streams("h264", 640, 360, 15.0),
        ),
        (
            "[info]   Stream #0:0: Video: hevc (Main), yuv420p(tv, bt709), 2560x1440, 12.50 fps, 25 tbr, 90k tbn",
            Streams("hevc", 2560, 1440, 12.5),
        ),
        (
            "[info]   Stream #0:1(und): Video: mjpeg (Baseline) (mp4v / 0x7634706D), yuvj422p(pc), 1280x720, 90k tbr",
            Streams("mjpeg", 1280, 720, 0.0),
        ),
        (
            "[info]   Stream #0:0[0x1](und): Video: h264 (avc1 / 0x31637661), yuv420p, 1920x1080, 3 kb/s, 29.97 fps",
            Streams("h264", 1920, 1080, 29.97),
        ),
        ("[info]   Stream #0:0 -> #0:0 (copy)", None),
    ],
)
def test_a_line_describes_the_video(line: str, streams: Streams | None) -> None:
    listener = StreamListener()
    assert listener.feed(line) is None
    assert listener.feed("[info] Stream mapping:") == streams


def test_the_output_is_not_taken_for_the_input() -> None:
    listener = StreamListener()
    lines = [
        "[info] Input #0, rtsp, from 'rtsp://camera.example/main':",
        "[info]   Stream #0:0: Audio: pcm_mulaw, 8000 Hz, mono, s16, 64 kb/s",
        "[info]   Stream #0:1: Video: h264 (High), yuv420p, 640x360, 15 fps",
        "[info] Output #0, segment, to 'RUN-%06d.mp4':",
        "[info]   Stream #0:0: Video: mjpeg, yuv420p, 64x36, 1 fps",
        "[info]   Stream #0:1: Audio: aac (LC), 8000 Hz, mono",
    ]
    heard = [streams for line in lines if (streams := listener.feed(line))]
    assert heard == [listener.heard] == [Streams("h264", 640, 360, 15.0, "pcm_mulaw")]


@pytest.mark.parametrize(
    ("codec", "audio", "handling"),
    [
        ("h264", "", Handling("mpegts", False)),
        ("hevc", "aac", Handling("mpegts", True)),
        ("mjpeg", "pcm_mulaw", Handling("nut", False)),
        ("vp9", "aac", Handling("nut", True)),
    ],
)
def test_handling_follows_from_the_codecs(codec: str, audio: str, handling: Handling) -> None:
    assert Streams(codec, 1, 1, 0.0, audio).handling(Handling()) == handling


def test_audio_that_does_not_show_changes_nothing() -> None:
    assert Streams("h264", 1, 1, 0.0, "").handling(Handling("mpegts", True)) == Handling("mpegts", True)


def test_handling_is_remembered(tmp_path: Path) -> None:
    assert remembered(tmp_path) == Handling()
    remember(tmp_path, Handling("nut", True))
    assert remembered(tmp_path) == Handling("nut", True)
    (tmp_path / ".stream.json").write_text("{")
    assert remembered(tmp_path) == Handling()
