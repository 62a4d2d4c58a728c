"""The clips that faulty cameras play, made by a real ffmpeg once a session."""

from pathlib import Path

from tests.clips import run_ffmpeg

FPS = 15
SECONDS = 8
"""Long enough to hold different pictures, and a whole number of groups."""

_ENCODERS = {
    "h264": ("libx264", "-x264-params", "aud=1:scenecut=0"),
    "hevc": ("libx265", "-x265-params", "aud=1:scenecut=0:repeat-headers=1:log-level=error"),
}


def make_raw_clip(path: Path, *, size: str = "320x180", group_seconds: int = 2, seconds: int = SECONDS) -> Path:
    """A moving test picture in the codec that the suffix names."""
    codec, *options = _ENCODERS[path.suffix.lstrip(".")]
    group = str(group_seconds * FPS)
    run_ffmpeg(
        *["-f", "lavfi", "-i", f"testsrc2=size={size}:rate={FPS}:duration={seconds}"],
        *["-c:v", codec, "-preset", "ultrafast", *options, "-g", group, "-keyint_min", group, "-bf", "0"],
        *["-pix_fmt", "yuv420p", str(path)],
    )
    return path


def make_sound(path: Path) -> Path:
    """Ten seconds of a tone as PCMU has it."""
    run_ffmpeg("-f", "lavfi", "-i", "sine=frequency=440:sample_rate=8000:duration=10", "-f", "mulaw", str(path))
    return path
