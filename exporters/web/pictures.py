"""Takes pictures out of footage with ffmpeg: never more than two at once, equal ones once, the latest ones kept."""

import asyncio
from collections import OrderedDict
from dataclasses import dataclass
from pathlib import Path

from exporters.web.errors import RequestError
from ingest.ffmpeg import executable, snapshot_command
from nvr.errors import MediaError

AT_ONCE = 2
MOST_WAITING = 32
MOST_KEPT = 64
TIMEOUT_SECONDS = 10.0
STEPS_BACK = (0.0, 0.6, 1.5, 4.0)
"""Behind the last picture of a file ffmpeg finds none, so an offset near its end is tried again a little earlier."""


@dataclass(frozen=True, slots=True)
class Still:
    """One picture of one segment. `tenth` is the offset in tenths of a second; `width` None leaves it as it is."""

    segment_id: str
    tenth: int
    width: int | None


class Pictures:
    """Serves one event loop."""

    def __init__(self) -> None:
        self._slots = asyncio.Semaphore(AT_ONCE)
        self._kept: OrderedDict[Still, bytes] = OrderedDict()
        self._underway: dict[Still, asyncio.Task[bytes]] = {}

    async def take(self, still: Still, file: Path) -> bytes:
        """A JPEG. Raises MediaError where the file yields none, RequestError where too many wait."""
        if still in self._kept:
            self._kept.move_to_end(still)
            return self._kept[still]
        # Shielded: one impatient client must not take away the picture that others wait for.
        return await asyncio.shield(self._underway.get(still) or self._begin(still, file))

    def _begin(self, still: Still, file: Path) -> asyncio.Task[bytes]:
        if len(self._underway) >= MOST_WAITING:
            hint = "ask again in a second"
            raise RequestError(503, "too many pictures are being taken", hint=hint, headers={"Retry-After": "1"})
        task = asyncio.create_task(self._take(still, file))
        self._underway[still] = task
        task.add_done_callback(lambda done: self._finish(still, done))
        return task

    def _finish(self, still: Still, done: asyncio.Task[bytes]) -> None:
        self._underway.pop(still, None)
        if done.cancelled() or done.exception() is not None:
            return
        self._kept[still] = done.result()
        while len(self._kept) > MOST_KEPT:
            self._kept.popitem(last=False)

    async def _take(self, still: Still, file: Path) -> bytes:
        offset = still.tenth / 10
        async with self._slots:
            for seconds in dict.fromkeys(max(0.0, offset - step) for step in STEPS_BACK):
                picture = await _run(snapshot_command(executable(), file, offset_seconds=seconds, width=still.width))
                if picture:
                    return picture
        raise MediaError("no picture can be taken from this file", path=file)


async def _run(command: list[str]) -> bytes:
    """What ffmpeg wrote; nothing where it took too long. It is ended also where the request is cancelled."""
    process = await asyncio.create_subprocess_exec(
        *command,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        async with asyncio.timeout(TIMEOUT_SECONDS):
            output, _ = await process.communicate()
        return output
    except TimeoutError:
        return b""
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
