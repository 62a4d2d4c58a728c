import pytest

from ingest.stream import VideoStream, parse_stream_line


@pytest.mark.parametrize(
    ("line", "stream"),
    [
        (
            "[info]   Stream #0:0: Video: h264 (High), yuv420p(progressive), 640x360 [SAR 1:1], 15 fps, 15 tbr",
            VideoStream("h264", 640, 360, 15.0),
        ),
        (
            "[info]   Stream #0:0: Video: hevc (Main), yuv420p(tv, bt709), 2560x1440, 12.50 fps, 25 tbr, 90k tbn",
            VideoStream("hevc", 2560, 1440, 12.5),
        ),
        (
            "[info]   Stream #0:1(und): Video: mjpeg (Baseline) (mp4v / 0x7634706D), yuvj422p(pc), 1280x720, 90k tbr",
            VideoStream("mjpeg", 1280, 720, 0.0),
        ),
        (
            "[info]   Stream #0:0[0x1](und): Video: h264 (avc1 / 0x31637661), yuv420p, 1920x1080, 3 kb/s, 29.97 fps",
            VideoStream("h264", 1920, 1080, 29.97),
        ),
        ("[info]   Stream #0:1: Audio: aac (LC), 16000 Hz, mono, fltp", None),
        ("[info]   Stream #0:0 -> #0:0 (copy)", None),
    ],
)
def test_a_line_describes_the_video(line: str, stream: VideoStream | None) -> None:
    assert parse_stream_line(line) == stream


def test_what_mpegts_cannot_hold_goes_another_way() -> None:
    formats = {codec: VideoStream(codec, 1, 1, 0.0).packet_format for codec in ("h264", "hevc", "mjpeg", "vp9")}
    assert formats == {"h264": "mpegts", "hevc": "mpegts", "mjpeg": "nut", "vp9": "nut"}
