import errno
import signal

import pytest

from ingest.causes import classify_error, classify_exit, classify_line, rank
from nvr.errors import StorageError
from nvr.model import Cause


@pytest.mark.parametrize(
    ("line", "cause"),
    [
        ("[tcp @ 0x1] [error] Connection to tcp://127.0.0.1:1 failed: Connection refused", Cause.REFUSED),
        ("[tcp @ 0x1] [error] Failed to resolve hostname cam.example: Name or service not known", Cause.DNS),
        ("[rtsp @ 0x1] [error] method OPTIONS failed: 401 Unauthorized", Cause.AUTH),
        ("[error] pipe:0: Server returned 401 Unauthorized (authorization failed)", Cause.AUTH),
        ("[rtsp @ 0x1] [error] method DESCRIBE failed: 404 Not Found", Cause.NOT_FOUND),
        ("[error] /no/such.mp4: No such file or directory", Cause.NOT_FOUND),
        ("[error] rtsp://camera.example/: Connection timed out", Cause.TIMEOUT),
        ("[segment @ 0x1] [error] Failed to open segment '/gone/x-000001.mp4'", Cause.DIRECTORY_GONE),
        ("sh: 1: cd: can't cd to /gone", Cause.DIRECTORY_GONE),
        ("sh: line 0: cd: /gone: No such file or directory", Cause.DIRECTORY_GONE),
        ("[error] av_interleaved_write_frame(): No space left on device", Cause.ENOSPC),
        ("[error] x.mp4: Read-only file system", Cause.READ_ONLY),
        ("[error] Stream map '0:v:0' matches no streams.", Cause.CODEC),
        ("[error] rtsp://camera.example/: Input/output error", Cause.EOF),
        ("[h264 @ 0x1] [error] error while decoding MB 3 4", None),
        ("[info] Stream mapping:", None),
    ],
)
def test_a_line_names_its_cause(line: str, cause: Cause | None) -> None:
    assert classify_line(line) is cause


def test_the_more_specific_cause_is_believed() -> None:
    assert rank(Cause.DNS) < rank(Cause.EOF)
    assert rank(Cause.AUTH) < rank(Cause.NOT_FOUND)


@pytest.mark.parametrize(
    ("returncode", "said", "cause"),
    [
        (0, None, Cause.EOF),
        (0, Cause.TIMEOUT, Cause.TIMEOUT),
        (1, Cause.REFUSED, Cause.REFUSED),
        (1, None, Cause.CRASH),
        (-signal.SIGSEGV, Cause.EOF, Cause.CRASH),
        (-signal.SIGKILL, None, Cause.OOM),
        (-signal.SIGTERM, None, Cause.EOF),
    ],
)
def test_an_exit_that_nobody_asked_for_has_a_cause(returncode: int, said: Cause | None, cause: Cause) -> None:
    assert classify_exit(returncode, said) is cause


@pytest.mark.parametrize(
    ("number", "cause"),
    [
        (errno.ENOSPC, Cause.ENOSPC),
        (errno.EROFS, Cause.READ_ONLY),
        (errno.ENOENT, Cause.DIRECTORY_GONE),
        (errno.EIO, Cause.STUCK_IO),
    ],
)
def test_a_disk_that_refuses_has_a_cause(number: int, cause: Cause, tmp_path: object) -> None:
    assert classify_error(OSError(number, "refused")) is cause
    wrapped = StorageError("refused", path=tmp_path)  # type: ignore[arg-type]
    wrapped.__cause__ = OSError(number, "refused")
    assert classify_error(wrapped) is cause
