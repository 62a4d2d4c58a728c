"""Argument lists for ffmpeg, as pure functions: what each process of a camera is told to do.

Two processes serve a camera. The recorder copies packets to numbered segment files and, through a fifo that drops when
nobody reads, into a pipe; the decoder reads that pipe and emits thinned, scaled gray pictures with their times. One
process with two outputs would lose footage whenever analysis stalls; two lose none.
"""

import os
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

import ffmpeg

from nvr.errors import EnvironmentNotReady
from nvr.masking import mask_url
from nvr.model import FRAME_HEIGHT, FRAME_WIDTH

SOCKET_TIMEOUT_MICROSECONDS = 5_000_000
"""RTSP's `-timeout`; it fires after about twice its value, and ffmpeg then leaves with code 0."""

FRAGMENTED_MP4 = "movflags=+frag_keyframe+empty_moov+default_base_moof:frag_duration=1000000:flush_packets=1"
"""Options of the inner muxer. Anywhere else they have no effect, and a SIGKILL then costs whole seconds."""

AudioMode = Literal["copy", "transcode", "off"]
_AUDIO_OPTIONS: dict[AudioMode, dict[str, str]] = {
    "copy": {"c:a": "copy"},
    "transcode": {"c:a": "aac", "b:a": "32k"},
    "off": {},
}

PROTOCOLS = "file,pipe,rtsp,rtsps,rtp,tcp,udp,tls,http,https,crypto"


@dataclass(frozen=True, slots=True)
class Command:
    """A program with its arguments, and what it must be given on standard input (it may hold credentials)."""

    arguments: list[str]
    stdin: bytes = b""


@dataclass(frozen=True, slots=True)
class Pipes:
    """The descriptors that a recorder writes to: closed segments, progress, and packets where they are decoded."""

    segments: int
    progress: int
    packets: int | None = None

    @property
    def all(self) -> tuple[int, ...]:
        return tuple(end for end in (self.segments, self.progress, self.packets) if end is not None)


def executable() -> str:
    """The ffmpeg to run: `NVR_FFMPEG`, the one on the path, or the `imageio-ffmpeg` wheel's.

    Raises EnvironmentNotReady where there is none.
    """
    found = os.environ.get("NVR_FFMPEG") or shutil.which("ffmpeg") or _bundled()
    if not found:
        raise EnvironmentNotReady("ffmpeg was not found", hint="install the ffmpeg package, or name it in NVR_FFMPEG")
    if not shutil.which("setpriv"):
        raise EnvironmentNotReady("setpriv was not found", hint="install the util-linux package")
    return found


def _bundled() -> str | None:
    try:
        import imageio_ffmpeg  # noqa: PLC0415  an optional package

        return str(imageio_ffmpeg.get_ffmpeg_exe())
    except (ImportError, RuntimeError):
        return None


def dies_with_parent(command: list[str]) -> list[str]:
    """The command, ended by the kernel when the thread that spawned it ends: spawn from the main thread only."""
    return ["setpriv", "--pdeathsig", "KILL", "--", *command]


def within(folder: Path, command: list[str]) -> list[str]:
    """The command in a folder that its process enters by itself: whoever spawns it waits for no disk that hangs."""
    return ["sh", "-c", 'cd -- "$0" && exec "$@"', str(folder), *command]


def recorder_command(
    program: str, source: str, *, run: str, segment_seconds: float, audio: AudioMode, packet_format: str, pipes: Pipes
) -> Command:
    """Copy `source` to `RUN-%06d.mp4` in the working directory, and its packets into a pipe.

    `packet_format` is `mpegts` for H.264 and HEVC, `nut` for all else.
    """
    stream, stdin = _input(source)
    tracks = [stream["v:0"]] if audio == "off" else [stream["v:0"], stream["a:0?"]]
    segments = ffmpeg.output(
        *tracks,
        f"{run}-%06d.mp4",
        **{"c:v": "copy"},
        **_AUDIO_OPTIONS[audio],
        f="segment",
        segment_time=segment_seconds,
        segment_format="mp4",
        segment_format_options=FRAGMENTED_MP4,
        segment_list=f"pipe:{pipes.segments}",
        segment_list_type="csv",
    )
    quiet = ["-hide_banner", "-nostats", "-loglevel", "level+info"]
    progress = ["-progress", f"pipe:{pipes.progress}", "-stats_period", "0.5"]
    outputs = [segments]
    if pipes.packets is not None:
        outputs.append(_packets(stream, source, packet_format, pipes.packets))
    return Command([program, *quiet, *progress, *ffmpeg.merge_outputs(*outputs).get_args()], stdin)


def _packets(
    stream: ffmpeg.nodes.FilterableStream, source: str, packet_format: str, descriptor: int
) -> ffmpeg.nodes.OutputStream:
    """The copy of the video that goes to the decoder."""
    # -copytb 1: otherwise the time base is one nominal frame, and a first packet without a timestamp makes every later
    # one warn. muxdelay 0: MPEG-TS would otherwise run 1.4 s ahead of the segments' time.
    return ffmpeg.output(
        stream["v:0"],
        f"pipe:{descriptor}",
        **_copied_for_late_joiners(source),
        copytb=1,
        muxdelay=0,
        muxpreload=0,
        f="fifo",
        fifo_format=packet_format,
        queue_size=60,
        drop_pkts_on_overflow=1,
        restart_with_keyframe=1,
    )


def decoder_command(program: str, source: str, *, packet_format: str | None, fps: float, times_fd: int) -> Command:
    """Decode to raw gray 160 x 90 pictures on standard output, with one line a picture on `times_fd`.

    `source` is the recorder's `pipe:N` with its `packet_format`, or a camera's sub-stream with None.
    """
    if packet_format:
        # An analyzeduration of 0 would mean seven seconds, and nobuffer throws away the pictures that were looked at.
        stream, stdin = ffmpeg.input(source, f=packet_format, probesize=32768, analyzeduration=1), b""
    else:
        stream, stdin = _input(source)
    output = ffmpeg.output(stream["v:0"], "pipe:1", **_analysis_output(fps, times_fd))
    # -copyts: times stay those of the recorder, so that a decoder which joins late places its pictures rightly.
    quiet = ["-hide_banner", "-nostats", "-loglevel", "level+error"]
    return Command([program, *quiet, "-copyts", *output.get_args()], stdin)


def scan_command(program: str, video: Path, *, fps: float, times_fd: int) -> list[str]:
    """Decode a file as fast as the machine allows, in the form of `decoder_command`."""
    output = ffmpeg.output(ffmpeg.input(str(video))["v:0"], "pipe:1", **_analysis_output(fps, times_fd))
    return [program, "-hide_banner", "-nostats", "-nostdin", "-loglevel", "level+error", *output.get_args()]


def snapshot_command(program: str, file: Path, *, offset_seconds: float, width: int | None = None) -> list[str]:
    """One JPEG of the picture at `offset_seconds` of a file, on standard output."""
    scale = {"vf": f"scale={width}:-2"} if width else {}
    picture = ffmpeg.input(str(file), ss=max(0.0, offset_seconds)).output(
        "pipe:1", f="image2pipe", **{"frames:v": 1, "c:v": "mjpeg", "q:v": 4}, pix_fmt="yuvj420p", **scale
    )
    return [program, "-hide_banner", "-nostats", "-nostdin", "-loglevel", "error", *picture.get_args()]


def analysis_filter(fps: float, times_fd: int) -> str:
    """Thin out, then scale, then say when: `fps=` would duplicate a slow camera's pictures and hide frozen ones.

    The first picture of each 1/fps since the start is taken, which keeps the rate also where it does not divide;
    the tenth keeps jittery times off the boundaries. `print` says nothing without an `add` before it, and its integer
    `pts` is to be read, never the rounded `pts_time`.
    """
    turn, last_turn = (f"floor(({time}-start_t)*{fps:g}+0.1)" for time in ("t", "prev_selected_t"))
    return (
        f"select='isnan(prev_selected_t)+gt({turn},{last_turn})',"
        f"scale={FRAME_WIDTH}:{FRAME_HEIGHT}:flags=area,format=gray,"
        f"settb=1/1000000,metadata=mode=add:key=k:value=1,metadata=mode=print:direct=1:file='pipe\\:{times_fd}'"
    )


def has_credentials(source: str) -> bool:
    """Whether a URL holds what must not be seen in `ps`: some cameras take the password in the path or the query."""
    return "@" in urlsplit(source).netloc or mask_url(source) != source


def _copied_for_late_joiners(source: str) -> dict[str, str]:
    """Some cameras send the parameter sets in SDP only: repeat them at key frames. Files have them in another form."""
    return {"c:v": "copy", "bsf:v": "dump_extra"} if _is_rtsp(source) else {"c:v": "copy"}


def _is_rtsp(source: str) -> bool:
    return urlsplit(source).scheme in ("rtsp", "rtsps")


def _analysis_output(fps: float, times_fd: int) -> dict[str, str]:
    return {"vf": analysis_filter(fps, times_fd), "fps_mode": "passthrough", "f": "rawvideo", "pix_fmt": "gray"}


def _input(source: str) -> tuple[ffmpeg.nodes.FilterableStream, bytes]:
    """A camera's input, and what standard input must say: an ffconcat script keeps credentials out of `ps`."""
    if _is_rtsp(source):
        options = {"rtsp_transport": "tcp", "timeout": SOCKET_TIMEOUT_MICROSECONDS}
    elif urlsplit(source).scheme in ("http", "https"):
        options = {"rw_timeout": SOCKET_TIMEOUT_MICROSECONDS}
    else:
        return ffmpeg.input(source, re=None, stream_loop=-1), b""
    if not has_credentials(source):
        return ffmpeg.input(source, **options), b""
    script = ["ffconcat version 1.0", f"file {_quoted(source)}", *(f"option {k} {v}" for k, v in options.items())]
    stream = ffmpeg.input("pipe:0", f="concat", safe=0, protocol_whitelist=PROTOCOLS)
    return stream, ("\n".join(script) + "\n").encode()


def _quoted(text: str) -> str:
    """Quoted for an ffconcat script."""
    return "'" + text.replace("'", "'\\''") + "'"
