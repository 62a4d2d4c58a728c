"""The secret that signs links: made at the first start, beside the spool, for the recorder's own eyes.

Who replaces it ends all links: `nvr link --end-all`, or the file is deleted. A running recorder follows.
"""

import os
import secrets
from contextlib import suppress
from pathlib import Path

from nvr.errors import StorageError

FILE_NAME = "link.key"
KEY_BYTES = 32


def key_in(directory: Path) -> bytes:
    """The secret, made where there is none yet. Raises StorageError."""
    file = directory / FILE_NAME
    try:
        directory.mkdir(parents=True, exist_ok=True)
        return _read(file) or _made(file)
    except OSError as error:
        raise StorageError(f"the key of links cannot be used: {error.strerror}", path=file) from error


def new_key_in(directory: Path) -> bytes:
    """In the place of the one that is there. Raises StorageError."""
    file = directory / FILE_NAME
    try:
        return _made(file)
    except OSError as error:
        raise StorageError(f"the key of links cannot be replaced: {error.strerror}", path=file) from error


def _read(file: Path) -> bytes:
    """Nothing where it is not there, or was cut off as it was written."""
    content = file.read_bytes() if file.exists() else b""
    return content if len(content) == KEY_BYTES else b""


def _made(file: Path) -> bytes:
    key, new = secrets.token_bytes(KEY_BYTES), file.with_name(f"{file.name}.new")
    new.unlink(missing_ok=True)
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as opened:
        with suppress(PermissionError):  # root makes it for whom the directory belongs to
            os.fchown(opened.fileno(), file.parent.stat().st_uid, -1)
        opened.write(key)
        opened.flush()
        os.fsync(opened.fileno())
    new.replace(file)
    return key
