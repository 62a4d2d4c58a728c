"""Small videos for the tests, made by a real ffmpeg once a session."""

import subprocess
from pathlib import Path

FPS = 10


def make_clip(path: Path, seconds: float, *, fps: int = FPS, size: str = "320x180", codec: str = "libx264") -> Path:
    """A moving test picture with a group of pictures every second."""
    gop = ["-g", str(fps), "-sc_threshold", "0", "-bf", "0"] if codec == "libx264" else []
    run_ffmpeg(
        *["-f", "lavfi", "-i", f"testsrc2=size={size}:rate={fps}:duration={seconds}"],
        *["-c:v", codec, *gop, "-pix_fmt", "yuv420p" if codec == "libx264" else "yuvj420p", str(path)],
    )
    return path


def make_fragmented(path: Path, seconds: float, **options: int | str) -> Path:
    """As the recorder writes it: fragmented, a fragment a second."""
    clip = make_clip(path.with_suffix(".source.mp4"), seconds, **options)  # type: ignore[arg-type]
    flags = ["-movflags", "+frag_keyframe+empty_moov+default_base_moof", "-frag_duration", "1000000"]
    run_ffmpeg("-i", str(clip), "-c", "copy", *flags, str(path))
    clip.unlink()
    return path


def run_ffmpeg(*arguments: str) -> None:
    subprocess.run(["ffmpeg", "-hide_banner", "-loglevel", "error", "-nostdin", "-y", *arguments], check=True)


def count_pictures(path: Path) -> int:
    """How many pictures decode without an error."""
    command = ["ffmpeg", "-hide_banner", "-loglevel", "error", "-nostdin", "-i", str(path), "-f", "null", "-progress"]
    done = subprocess.run([*command, "pipe:1", "-"], check=True, capture_output=True, text=True)
    assert done.stderr == "", done.stderr
    return [int(line.partition("=")[2]) for line in done.stdout.splitlines() if line.startswith("frame=")][-1]
