import itertools
from pathlib import Path

import pytest

from ingest import ffmpeg
from ingest.ffmpeg import AudioMode, Pipes, decoder_command, recorder_command, scan_command, snapshot_command

SECRET = "rtsp://viewer:p%40ss'word@camera.example/main"


def _recorder(source: str, *, audio: AudioMode = "transcode") -> ffmpeg.Command:
    pipes = Pipes(segments=12, progress=13, packets=11)
    return recorder_command(
        "ffmpeg", source, run="R", segment_seconds=60.0, audio=audio, packet_format="mpegts", pipes=pipes
    )


def _after(arguments: list[str], option: str) -> list[str]:
    return [value for name, value in itertools.pairwise(arguments) if name == option]


def test_recorder_copies_video_into_flushed_fragments() -> None:
    arguments = _recorder("rtsp://camera.example/main").arguments
    assert _after(arguments, "-c:v") == ["copy", "copy"]
    [options] = _after(arguments, "-segment_format_options")
    assert {"frag_duration=1000000", "flush_packets=1"} <= set(options.split(":"))
    assert "+frag_keyframe+empty_moov+default_base_moof" in options
    assert "R-%06d.mp4" in arguments


def test_recorder_reports_on_the_descriptors_it_is_given() -> None:
    arguments = _recorder("rtsp://camera.example/main").arguments
    assert arguments[-1] == "pipe:11"
    assert _after(arguments, "-segment_list") == ["pipe:12"]
    assert _after(arguments, "-progress") == ["pipe:13"]


def test_recorder_drops_packets_rather_than_wait_for_the_decoder() -> None:
    arguments = _recorder("rtsp://camera.example/main").arguments
    assert _after(arguments, "-drop_pkts_on_overflow") == ["1"]
    assert _after(arguments, "-fifo_format") == ["mpegts"]


def test_credentials_go_through_standard_input_and_not_into_the_arguments() -> None:
    command = _recorder(SECRET)
    assert not any("p%40ss" in argument for argument in command.arguments)
    assert b"p%40ss" in command.stdin
    assert b"option rtsp_transport tcp" in command.stdin
    assert b"file 'rtsp://viewer:p%40ss'\\''word@camera.example/main'" in command.stdin
    assert _recorder("rtsp://camera.example/main").stdin == b""


def test_parameter_sets_are_repeated_where_only_the_session_description_may_have_them() -> None:
    assert _after(_recorder("rtsp://camera.example/main").arguments, "-bsf:v") == ["dump_extra"]
    assert _after(_recorder("/videos/a.mp4").arguments, "-bsf:v") == []


@pytest.mark.parametrize(
    "source",
    [
        "rtsp://viewer:hunter2@camera.example/main",
        "rtsp://camera.example/user=admin&password=hunter2&channel=1",
        "http://camera.example/stream?token=hunter2",
    ],
)
def test_a_password_is_nowhere_in_the_arguments(source: str) -> None:
    command = _recorder(source)
    assert not any("hunter2" in argument for argument in command.arguments)
    assert b"hunter2" in command.stdin


def test_without_a_decoder_there_is_one_output() -> None:
    command = recorder_command(
        "ffmpeg",
        "rtsp://camera.example/main",
        run="R",
        segment_seconds=60.0,
        audio="off",
        packet_format="mpegts",
        pipes=Pipes(segments=12, progress=13),
    )
    assert "fifo" not in command.arguments


def test_audio_can_be_left_out() -> None:
    assert "0:a:0?" in _recorder("rtsp://camera.example/main").arguments
    assert "0:a:0?" not in _recorder("rtsp://camera.example/main", audio="off").arguments


@pytest.mark.parametrize(("audio", "codec"), [("copy", ["copy"]), ("transcode", ["aac"]), ("off", [])])
def test_audio_is_copied_where_it_is_aac_already(audio: AudioMode, codec: list[str]) -> None:
    assert _after(_recorder("rtsp://camera.example/main", audio=audio).arguments, "-c:a") == codec


def test_a_file_is_looped_in_real_time() -> None:
    arguments = _recorder("/videos/a b.mp4").arguments
    assert "-re" in arguments
    assert _after(arguments, "-stream_loop") == ["-1"]
    assert _after(arguments, "-i") == ["/videos/a b.mp4"]


@pytest.mark.parametrize("fps", [1.0, 5.0, 10.0])
def test_decoder_thins_before_it_scales(fps: float) -> None:
    command = decoder_command("ffmpeg", "pipe:9", packet_format="mpegts", fps=fps, times_fd=14)
    [chain] = _after(command.arguments, "-vf")
    assert chain.index("select=") < chain.index("scale=160:90:flags=area")
    assert f"floor((t-start_t)*{fps:g}+0.1)" in chain
    assert "pipe\\:14" in chain


def test_decoder_never_skips_the_loop_filter_and_keeps_the_recorders_times() -> None:
    arguments = decoder_command("ffmpeg", "pipe:9", packet_format="mpegts", fps=5.0, times_fd=14).arguments
    assert "-skip_loop_filter" not in arguments
    assert "-copyts" in arguments
    assert _after(arguments, "-fps_mode") == ["passthrough"]


def test_decoder_of_a_sub_stream_hides_its_credentials_too() -> None:
    command = decoder_command("ffmpeg", SECRET, packet_format=None, fps=5.0, times_fd=14)
    assert not any("p%40ss" in argument for argument in command.arguments)
    assert b"p%40ss" in command.stdin


def test_scan_reads_as_fast_as_it_can() -> None:
    assert "-re" not in scan_command("ffmpeg", Path("/v.mp4"), fps=5.0, times_fd=3)


def test_snapshot_never_seeks_before_the_start() -> None:
    assert _after(snapshot_command("ffmpeg", Path("/v.mp4"), offset_seconds=-1.0), "-ss") == ["0.0"]
