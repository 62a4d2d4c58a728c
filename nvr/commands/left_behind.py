"""What a recorder left on disk, read while none runs: events of the embedded database, gaps of the catalogue."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any

from exporters.clickhouse.client import Database, connect
from exporters.clickhouse.dsn import parse
from exporters.clickhouse.queries import Queries
from exporters.web.events import event_json
from exporters.web.gaps import gap_json
from ingest.catalogue import Catalogue
from ingest.store import CATALOGUE
from nvr.clock import utc_now
from nvr.model import MotionEvent
from nvr.settings import Settings

PAGE = 1000
"""Rows of one query."""


def gaps(settings: Settings, camera: str | None, start: datetime, end: datetime) -> list[dict[str, Any]]:
    file = settings.storage.path / CATALOGUE
    if not file.exists():
        return []
    catalogue = Catalogue(file)
    try:
        found = catalogue.gaps.between(camera, start, end)
    finally:
        catalogue.close()
    now = utc_now()
    return [gap_json(gap, now) for gap in sorted(found, key=lambda gap: (-gap.start.timestamp(), gap.camera))]


def events(settings: Settings, camera: str | None, start: datetime, end: datetime) -> list[dict[str, Any]]:
    return asyncio.run(_events(settings, camera, start, end))


async def _events(settings: Settings, camera: str | None, start: datetime, end: datetime) -> list[dict[str, Any]]:
    directory = parse(settings.database.dsn).directory
    if directory and not directory.exists():
        return []
    database = await connect(settings.database.dsn)
    try:
        if not await _was_written(database):
            return []
        queries = Queries(database, settings.site)

        def page(offset: int) -> Awaitable[list[MotionEvent]]:
            return queries.motion_events(camera, start, end, limit=PAGE, offset=offset)

        return [event_json(event, settings.web.prefix) for event in await _to_the_end(page)]
    finally:
        await database.close()


async def _was_written(database: Database) -> bool:
    """Whether a recorder ever made its tables here."""
    place = {"database": database.dsn.database}
    question = "SELECT count() FROM system.tables WHERE database = {database:String} AND name = 'motion_events'"
    return bool((await database.query(question, place))[0][0])


async def _to_the_end(page: Callable[[int], Awaitable[list[MotionEvent]]]) -> list[MotionEvent]:
    found = await page(0)
    while len(found) % PAGE == 0 and (more := await page(len(found))):
        found += more
    return found
