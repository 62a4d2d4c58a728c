"""Letting go of what a ring has judged: footage in which nothing moved."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence

from ingest.ring import Ring
from nvr.errors import StorageError
from nvr.model import Segment
from nvr.ports import Telemetry

log = logging.getLogger(__name__)

PERIOD_SECONDS = 1.0

LetGo = Callable[[Sequence[Segment]], Awaitable[None]]
"""Deletes segments in which nothing moved. What is protected, has motion after all, or refuses, stays."""


async def weed(camera: str, ring: Ring, let_go: LetGo, telemetry: Telemetry) -> None:
    """Look each second, until cancelled. A disk that refuses is logged and counted, and asked again."""
    failing = False
    while True:
        await asyncio.sleep(PERIOD_SECONDS)
        segments = ring.unmoved()
        if not segments:
            continue
        try:
            await let_go(segments)
            ring.forget(segments)
            failing = False
        except (StorageError, OSError) as error:
            telemetry.failed("weeding")
            log.log(logging.DEBUG if failing else logging.ERROR, "%s: footage without motion stays: %s", camera, error)
            failing = True
