"""Pipes between us and our children."""

import asyncio
import contextlib
import os
from collections.abc import AsyncGenerator, Iterator


class Pipe:
    """A pipe whose ends are closed exactly once, by whoever comes first."""

    def __init__(self) -> None:
        self.read_end, self.write_end = os.pipe()
        self._open = {self.read_end, self.write_end}

    def close(self, *ends: int) -> None:
        """Close the ends named, or both."""
        for end in ends or (self.read_end, self.write_end):
            if end in self._open:
                self._open.discard(end)
                os.close(end)

    def __enter__(self) -> "Pipe":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def hand_over_read_end(self) -> int:
        """The read end, to be closed by its new owner."""
        self._open.discard(self.read_end)
        return self.read_end


async def lines(pipe: Pipe) -> AsyncGenerator[str, None]:
    """The lines that a child writes, until it closes the pipe."""
    reader, transport = await _reader(pipe)
    try:
        while line := await reader.readline():
            yield line.decode(errors="replace")
    finally:
        transport.close()


async def _reader(pipe: Pipe) -> tuple[asyncio.StreamReader, asyncio.ReadTransport]:
    loop = asyncio.get_running_loop()
    reader = asyncio.StreamReader()
    file = os.fdopen(pipe.hand_over_read_end(), "rb", buffering=0)
    transport, _ = await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), file)
    return reader, transport


@contextlib.contextmanager
def drained(pipe: Pipe) -> Iterator[None]:
    """While it lasts, what comes through the pipe is thrown away: a writer that is blocked could not end."""
    loop = asyncio.get_running_loop()
    os.set_blocking(pipe.read_end, False)

    def discard() -> None:
        with contextlib.suppress(BlockingIOError):
            if not os.read(pipe.read_end, 1 << 16):
                loop.remove_reader(pipe.read_end)

    loop.add_reader(pipe.read_end, discard)
    try:
        yield
    finally:
        loop.remove_reader(pipe.read_end)
