"""ffmpeg with all that the recorder asks of it, and setpriv."""

import re
import shutil
import subprocess

from ingest.ffmpeg import executable
from nvr.commands.readiness.finding import Finding
from nvr.errors import EnvironmentNotReady

OLDEST = 5
"""Older ones know neither `-timeout` for RTSP nor `-fps_mode`."""

NEEDED = {
    "demuxers": {"concat", "mpegts", "nut", "rtsp"},
    "muxers": {"fifo", "image2pipe", "mp4", "mpegts", "nut", "rawvideo", "segment"},
    "filters": {"format", "metadata", "scale", "select", "settb"},
    "encoders": {"aac", "mjpeg"},
    "decoders": {"h264", "hevc"},
    "bsfs": {"dump_extra"},
}

INSTALL = "install Debian's ffmpeg package (5.1 or later), or name another ffmpeg in NVR_FFMPEG"


def ffmpeg() -> Finding:
    try:
        program = executable()
        banner = _output(program, "version")
        missing = {kind: needed - listed(_output(program, kind)) for kind, needed in NEEDED.items()}
    except EnvironmentNotReady as error:
        return Finding("ffmpeg", False, error.message, error.hint)
    except (OSError, subprocess.SubprocessError) as error:
        return Finding("ffmpeg", False, f"cannot be run: {type(error).__name__}", INSTALL)
    return judged(program, banner, {kind: names for kind, names in missing.items() if names})


def judged(program: str, banner: str, missing: dict[str, set[str]]) -> Finding:
    """A version made from the source repository has no number, and is trusted to be new."""
    found = re.match(r"ffmpeg version (\S+)", banner)
    number = re.match(r"n?(\d+)\.", found[1]) if found else None
    if not found:
        return Finding("ffmpeg", False, f"{program} is no ffmpeg", INSTALL)
    if number and int(number[1]) < OLDEST:
        return Finding("ffmpeg", False, f"{program} is {found[1]}, and {OLDEST} or later is needed", INSTALL)
    if missing:
        lacks = "; ".join(f"{kind} {', '.join(sorted(names))}" for kind, names in sorted(missing.items()))
        return Finding("ffmpeg", False, f"{program} {found[1]} lacks {lacks}", INSTALL)
    return Finding("ffmpeg", True, f"{program} {found[1]}")


def setpriv() -> Finding:
    found = shutil.which("setpriv")
    if not found:
        return Finding("setpriv", False, "was not found", "install the util-linux package")
    return Finding("setpriv", True, found)


def listed(output: str) -> set[str]:
    """The names in one of ffmpeg's lists: the second word of a line behind its flags, or the only word."""
    words = [line.split() for line in output.splitlines()]
    names = [line[1] if len(line) > 1 else line[0] for line in words if line]
    return {name for joined in names for name in joined.split(",")}


def _output(program: str, kind: str) -> str:
    arguments = [program, "-hide_banner", f"-{kind}"]
    return subprocess.run(
        arguments, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=20, check=True
    ).stdout
