"""Scenes as H.264 files, encoded once and kept under a name made of their content."""

import hashlib
import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import ffmpeg

from ingest.demo.scenes import Scene
from ingest.ffmpeg import executable
from nvr.errors import MediaError

GROUP_SECONDS = 2
"""The length of a group of pictures: one IDR picture, then only pictures that lean on earlier ones."""


def make_clip(scene: Scene, directory: Path, on_frame: Callable[[], None] = lambda: None) -> Path:
    """The file of one loop of `scene` in `directory`; encoded if it is not there yet, calling `on_frame` after each.

    Raises EnvironmentNotReady without ffmpeg and MediaError where it fails.
    """
    clip = clip_path(scene, directory)
    if clip.exists():
        return clip
    directory.mkdir(parents=True, exist_ok=True)
    partial = clip.with_name(f"{clip.stem}.{os.getpid()}.partial.mp4")
    try:
        _encode(scene, partial, on_frame)
        partial.rename(clip)
    finally:
        partial.unlink(missing_ok=True)
    return clip


def clip_path(scene: Scene, directory: Path) -> Path:
    """Where the clip of `scene` is kept. The key holds what a second of it looks like, and how it is encoded."""
    key = hashlib.sha256(repr(encode_arguments(scene, "")).encode())
    key.update(repr((scene.frame_count, scene.noise)).encode())
    for second in range(scene.duration_seconds):
        key.update(scene.picture(second).tobytes())
        key.update(repr(scene.boxes(second + 0.5)).encode())
    return directory / f"{scene.name}-{key.hexdigest()[:16]}.mp4"


def encode_arguments(scene: Scene, file: str) -> list[str]:
    """ffmpeg's arguments to encode raw RGB pictures on standard input as a camera would.

    No scene cuts: noise would else turn every second picture into an I frame that is no IDR. No B frames: cameras have
    none, and with them a loop would not begin with its first picture.
    """
    size = f"{scene.width}x{scene.height}"
    group = GROUP_SECONDS * scene.fps
    source = ffmpeg.input("pipe:0", f="rawvideo", pix_fmt="rgb24", s=size, framerate=scene.fps)
    clip = source.output(
        file,
        f="mp4",
        **{"c:v": "libx264", "profile:v": "main"},
        movflags="+faststart",
        preset="veryfast",
        crf=25,
        bf=0,
        g=group,
        keyint_min=group,
        sc_threshold=0,
        pix_fmt="yuv420p",
        video_track_timescale=90000,
    )
    return [str(argument) for argument in clip.overwrite_output().get_args()]


def _encode(scene: Scene, file: Path, on_frame: Callable[[], None]) -> None:
    command = [executable(), "-hide_banner", "-nostats", "-loglevel", "error", *encode_arguments(scene, str(file))]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stderr=subprocess.PIPE) as encoder:
        assert encoder.stdin
        try:
            for picture in scene.frames():
                encoder.stdin.write(picture.tobytes())
                on_frame()
        except BrokenPipeError:
            pass  # it has said why on its standard error
        except BaseException:
            encoder.kill()
            raise
        _, complaint = encoder.communicate()
    if encoder.returncode != 0:
        reason = complaint.decode(errors="replace").strip().splitlines()[-1:]
        raise MediaError(f"the clip could not be encoded: {' '.join(reason)}", path=file, hint="is libx264 in ffmpeg?")
