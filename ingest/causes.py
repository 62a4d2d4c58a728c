"""Why an ffmpeg process ended: from what it said, from what it left with, and from what we did to it.

ffmpeg leaves with code 0 when a camera dies and on its own timeout, so the code alone says little.
"""

import errno
import re
import signal

from nvr.errors import MountMissing, StorageError
from nvr.model import Cause

_PATTERNS: tuple[tuple[Cause, re.Pattern[str]], ...] = tuple(
    (cause, re.compile(pattern, re.IGNORECASE))
    for cause, pattern in (
        (Cause.AUTH, r"\b401 Unauthorized|\b403 Forbidden|authorization failed"),
        (Cause.DNS, r"Failed to resolve hostname|Name or service not known|Temporary failure in name resolution"),
        (Cause.REFUSED, r"Connection refused|No route to host|Network is unreachable|\b503 Service|\b461 Unsupported"),
        (Cause.ENOSPC, r"No space left on device|database or disk is full"),
        (Cause.READ_ONLY, r"Read-only file system|readonly database|Permission denied"),
        (
            Cause.DIRECTORY_GONE,
            r"Failed to open segment '[^']*'|\bcd: .*(can't cd|No such)|Could not write header.*No such file",
        ),
        (Cause.NOT_FOUND, r"\b404 Not Found|\b454 Session Not Found|No such file or directory"),
        (Cause.TIMEOUT, r"Connection timed out|Operation timed out"),
        (
            Cause.CODEC,
            r"Could not find (tag|codec parameters)|not currently supported in container|matches no streams|"
            r"Decoder .* not found|Unsupported codec",
        ),
        (Cause.STUCK_IO, r"Error writing trailer.*Input/output error|av_interleaved_write_frame.*Input/output error"),
        (Cause.EOF, r"Connection reset by peer|End of file|Broken pipe|Invalid data found|Input/output error"),
    )
)


def classify_line(line: str) -> Cause | None:
    """The cause that one line of ffmpeg's standard error names, if any."""
    return next((cause for cause, pattern in _PATTERNS if pattern.search(line)), None)


def rank(cause: Cause) -> int:
    """Which of several named causes to believe: the smaller is the more specific."""
    return next(index for index, (known, _) in enumerate(_PATTERNS) if known is cause)


def classify_exit(returncode: int, said: Cause | None) -> Cause:
    """The cause of an exit that nobody asked for; `returncode` is negative for a signal, as in `subprocess`.

    A SIGKILL that is not ours is the kernel's for want of memory, until something proves otherwise.
    """
    if returncode == -signal.SIGKILL:
        return Cause.OOM
    if returncode < 0 and returncode not in (-signal.SIGTERM, -signal.SIGINT):
        return Cause.CRASH
    if said is not None:
        return said
    return Cause.EOF if returncode in (0, 255, -signal.SIGTERM, -signal.SIGINT) else Cause.CRASH


_ERRNO = {
    errno.ENOSPC: Cause.ENOSPC,
    errno.EDQUOT: Cause.ENOSPC,
    errno.EROFS: Cause.READ_ONLY,
    errno.EACCES: Cause.READ_ONLY,
    errno.EPERM: Cause.READ_ONLY,
    errno.ENOENT: Cause.DIRECTORY_GONE,
    errno.EIO: Cause.STUCK_IO,
    errno.ENOMEM: Cause.OOM,
    errno.EAGAIN: Cause.OOM,
    errno.EMFILE: Cause.OOM,
    errno.ENFILE: Cause.OOM,
}


def classify_error(error: OSError | StorageError) -> Cause:
    """The cause behind what the disk refused to us."""
    if isinstance(error, MountMissing):
        return Cause.MOUNT_MISSING
    origin = error if isinstance(error, OSError) else error.__cause__
    if isinstance(origin, OSError):
        return _ERRNO.get(origin.errno or 0, Cause.STUCK_IO)
    return next(
        (cause for cause in (Cause.ENOSPC, Cause.READ_ONLY) if classify_line(str(origin)) is cause), Cause.STUCK_IO
    )
