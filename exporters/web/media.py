"""Footage by its id, with byte ranges. A file that is still growing is served to its present size."""

import asyncio
import errno
import os
import re
import secrets
import stat
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from typing import BinaryIO

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.types import Receive, Scope, Send

from exporters.web.containment import contained_file
from exporters.web.errors import RequestError, shown
from exporters.web.parameters import only
from exporters.web.ranges import ByteRange, parse_ranges
from exporters.web.sources import Footage, sources_of
from nvr.errors import StorageError
from nvr.model import Segment

CHUNK_BYTES = 256 * 1024
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*(?:\.[A-Za-z0-9_-]+)*", re.ASCII)


@dataclass(frozen=True, slots=True)
class Opened:
    """A file as it was when it was opened: later growth is none of this answer's."""

    file: BinaryIO
    size: int
    modified: datetime
    etag: str
    segment: Segment

    @property
    def complete(self) -> bool:
        return self.segment.complete

    def headers(self) -> dict[str, str]:
        cache = "private, max-age=86400" if self.complete else "private, no-cache"
        return {
            "Accept-Ranges": "bytes",
            "ETag": self.etag,
            "Last-Modified": format_datetime(self.modified, usegmt=True),
            "Cache-Control": cache,
        }


class FileResponse(StreamingResponse):
    """Sends from a file and closes it, also where the client leaves before the first byte."""

    def __init__(
        self, file: BinaryIO, body: AsyncIterator[bytes], status: int, headers: dict[str, str], media_type: str
    ) -> None:
        super().__init__(body, status, headers, media_type)
        self._file = file

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await super().__call__(scope, receive, send)
        finally:
            self._file.close()


async def segment(request: Request) -> Response:
    only(request.query_params)
    return await served(request, request.path_params["segment"])


async def served(request: Request, segment_id: str) -> Response:
    """A segment for whoever may see it."""
    sources = sources_of(request)
    opened = await asyncio.to_thread(open_segment, sources.store, segment_id)
    response = respond(opened, request.method, request.headers)
    if isinstance(response, FileResponse):
        sources.viewed(opened.segment, "footage")
    else:
        opened.file.close()
    return response


def open_segment(store: Footage, segment_id: str) -> Opened:
    """Opens the file of a segment; tries again once, since a segment moves to its final name when it completes."""
    if len(segment_id) > 100 or not _ID.fullmatch(segment_id):
        raise RequestError(404, f"this is no segment: {shown(segment_id)}", hint="GET /api/timeline lists them")
    for _ in range(2):
        found = store.segment(segment_id)
        if found is None:
            break
        try:
            return _open(store, found)
        except FileNotFoundError:
            continue
        except OSError as error:
            if error.errno == errno.ELOOP:  # a link in its place
                break
            raise StorageError(f"a segment cannot be read, {error.strerror}", path=store.file(found)) from error
    raise RequestError(404, f"there is no segment {shown(segment_id)}", hint="it may have been deleted to make room")


def _open(store: Footage, found: Segment) -> Opened:
    descriptor = os.open(contained_file(store, found), os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK)
    file = os.fdopen(descriptor, "rb", buffering=0)
    status = os.fstat(descriptor)
    if not stat.S_ISREG(status.st_mode):
        file.close()
        raise FileNotFoundError(found.path)
    etag = f'"{status.st_size:x}-{status.st_mtime_ns:x}"'
    modified = datetime.fromtimestamp(int(status.st_mtime), UTC)
    return Opened(file, status.st_size, modified, etag, found)


def respond(opened: Opened, method: str, request: Headers) -> Response:
    """Decides the status by the preconditions and ranges of RFC 9110, sections 13 and 14."""
    headers = opened.headers()
    if _is_unchanged(opened, request):
        return Response(status_code=304, headers=headers)
    ranges = parse_ranges(request["Range"], opened.size) if _wants_range(opened, method, request) else None
    if ranges is not None and not ranges:
        headers["Content-Range"] = f"bytes */{opened.size}"
        raise_past_the_end(opened, headers)
    if method == "HEAD":
        return Response(headers=headers | {"Content-Length": str(opened.size)}, media_type="video/mp4")
    if ranges is None:
        whole = [ByteRange(0, opened.size - 1)] if opened.size else []
        return _stream(opened, 200, headers | {"Content-Length": str(opened.size)}, [(b"", r) for r in whole])
    if len(ranges) == 1:
        headers |= {"Content-Range": ranges[0].content_range(opened.size), "Content-Length": str(ranges[0].length)}
        return _stream(opened, 206, headers, [(b"", ranges[0])])
    return _multipart(opened, headers, ranges)


def raise_past_the_end(opened: Opened, headers: dict[str, str]) -> None:
    opened.file.close()
    kept = {name: headers[name] for name in ("Accept-Ranges", "Content-Range", "ETag")}
    raise RequestError(416, "no such bytes", hint=f"the file has {opened.size} bytes", headers=kept)


def _is_unchanged(opened: Opened, request: Headers) -> bool:
    if "If-None-Match" in request:
        return is_named(opened.etag, request["If-None-Match"])
    since = _http_date(request.get("If-Modified-Since", ""))
    return since is not None and opened.complete and opened.modified <= since


def is_named(etag: str, tags: str) -> bool:
    """Whether `If-None-Match` says that the client has this already."""
    asked = [tag.strip().removeprefix("W/") for tag in tags.split(",")]
    return "*" in asked or etag in asked


def _wants_range(opened: Opened, method: str, request: Headers) -> bool:
    """A range counts for GET only, and only where `If-Range` still names what we have."""
    if method != "GET" or "Range" not in request:
        return False
    condition = request.get("If-Range", "").strip()
    return not condition or condition == opened.etag or (opened.complete and _http_date(condition) == opened.modified)


def _http_date(text: str) -> datetime | None:
    try:
        return parsedate_to_datetime(text).astimezone(UTC) if text.endswith("GMT") else None
    except (ValueError, OverflowError, TypeError):
        return None


def _multipart(opened: Opened, headers: dict[str, str], ranges: Sequence[ByteRange]) -> Response:
    boundary = secrets.token_hex(16)
    parts = [(_part_header(boundary, r, opened.size), r) for r in ranges]
    closing = f"\r\n--{boundary}--\r\n".encode()
    length = sum(len(header) + r.length for header, r in parts) + len(closing)
    headers |= {"Content-Length": str(length)}
    media_type = f"multipart/byteranges; boundary={boundary}"
    return _stream(opened, 206, headers, parts, closing=closing, media_type=media_type)


def _part_header(boundary: str, byte_range: ByteRange, size: int) -> bytes:
    kind, where = "Content-Type: video/mp4", f"Content-Range: {byte_range.content_range(size)}"
    return f"\r\n--{boundary}\r\n{kind}\r\n{where}\r\n\r\n".encode()


def _stream(
    opened: Opened,
    status: int,
    headers: dict[str, str],
    parts: Sequence[tuple[bytes, ByteRange]],
    *,
    closing: bytes = b"",
    media_type: str = "video/mp4",
) -> Response:
    return FileResponse(opened.file, _body(opened.file, parts, closing), status, headers, media_type)


async def _body(file: BinaryIO, parts: Sequence[tuple[bytes, ByteRange]], closing: bytes) -> AsyncIterator[bytes]:
    """Reads in a thread: a disk that sleeps must not hold up the event loop."""
    for header, byte_range in parts:
        if header:
            yield header
        position, end = byte_range.first, byte_range.last + 1
        while position < end:
            chunk = await asyncio.to_thread(os.pread, file.fileno(), min(CHUNK_BYTES, end - position), position)
            if not chunk:
                return
            yield chunk
            position += len(chunk)
    if closing:
        yield closing
