"""What a message shows beside its words: the last picture before the alert, where things moved, how long it was out."""

import asyncio
import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt

from exporters.notify.channel import Attachment
from exporters.notify.links import Links
from exporters.notify.outage import NOTICED_WITHIN, outage_of
from exporters.notify.words import Story
from exporters.web.containment import contained_file
from exporters.web.drawings import Drawing
from exporters.web.pictures import Pictures, Still
from exporters.web.sources import Footage
from nvr.alert import Alert
from nvr.errors import NvrError
from nvr.model import Segment, isoformat

_log = logging.getLogger(__name__)

PATIENCE_SECONDS = 8.0
"""A message goes without what takes longer."""

LOOK_BACK = (timedelta(minutes=15), timedelta(days=2), timedelta(days=31))
BEFORE, AFTER = timedelta(minutes=5), timedelta(minutes=1)
"""What a link shows around the moment that an alert began."""

EDGE = timedelta(seconds=0.3)
WIDTH = 1280


class Past(Protocol):
    """`exporters.clickhouse.queries.Queries`, as far as heatmaps go."""

    async def heatmap(self, camera: str, start: datetime, end: datetime) -> tuple[npt.NDArray[np.uint64], bool]: ...


@dataclass(frozen=True, slots=True)
class Shown:
    """A story and the pictures that go with it."""

    story: Story
    attachments: tuple[Attachment, ...] = ()


class Evidence:
    """Nothing here keeps a message from being sent: what cannot be had in time is left out."""

    def __init__(self, store: Footage, past: Past, links: Links, timezone: ZoneInfo) -> None:
        self._store, self._past, self._links, self._timezone = store, past, links, timezone
        self._pictures = Pictures()

    async def story(self, alert: Alert, now: datetime) -> Story:
        """Without pictures."""
        gaps = []
        if alert.camera:
            try:
                since, until = alert.start - NOTICED_WITHIN, (alert.end or now) + timedelta(seconds=1)
                async with asyncio.timeout(PATIENCE_SECONDS):
                    gaps = await asyncio.to_thread(self._store.gaps, alert.camera, since, until)
            except (NvrError, TimeoutError) as error:
                _log.warning("a notification goes without the cause of the outage: %s", error)
        await self._use_present_key()
        outage = outage_of(alert, gaps)
        return Story(alert, outage, *self._urls(alert, outage.start if alert.end is None else alert.end, now))

    async def _use_present_key(self) -> None:
        """A link that is signed with the key of before opens nothing."""
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                await asyncio.to_thread(self._links.refresh)
        except (NvrError, TimeoutError) as error:
            _log.warning("the link of a notification may not open: %s", error)

    async def pictured(self, alert: Alert) -> tuple[datetime | None, Attachment | None]:
        """The last picture before the alert began, or of now where it is over, and of when it is."""
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                segment, moment = await self._last(alert.camera, alert.start if alert.end is None else alert.end)
                file = await asyncio.to_thread(contained_file, self._store, segment)
                tenth = int(max(0.0, (moment - segment.start).total_seconds()) * 10)
                width = min(WIDTH, segment.width) if segment.width else WIDTH
                picture = await self._pictures.take(Still(segment.id, tenth, width), file)
        except (NvrError, OSError, TimeoutError) as error:
            _log.warning("a notification goes without a picture of %s: %s", alert.camera, error)
            return None, None
        return moment, Attachment(f"{alert.camera}-{isoformat(moment).replace(':', '')}.jpg", picture)

    async def heatmap(self, alert: Alert) -> Attachment | None:
        """Where things moved on the day on which the alert began."""
        begin = alert.start.astimezone(self._timezone).replace(hour=0, minute=0, second=0, microsecond=0)
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                counts, any_data = await self._past.heatmap(alert.camera, begin, begin + timedelta(days=1))
                picture = await asyncio.to_thread(Drawing(counts).png) if any_data else None
        except (NvrError, TimeoutError) as error:
            _log.warning("a notification goes without a heatmap of %s: %s", alert.camera, error)
            return None
        return Attachment(f"{alert.camera}-heatmap-{begin:%Y-%m-%d}.png", picture) if picture else None

    async def _last(self, camera: str, before: datetime) -> tuple[Segment, datetime]:
        """The last footage that began before then, and a moment of it that surely has a picture."""
        for back in LOOK_BACK:
            if found := await asyncio.to_thread(self._store.segments, camera, before - back, before):
                segment = found[-1]
                return segment, max(segment.start, min(segment.end - EDGE, before))
        raise NvrError("there is no footage of it")

    def _urls(self, alert: Alert, moment: datetime, now: datetime) -> tuple[str, str]:
        if not alert.camera:
            return "", ""
        play = f"{self._links.base_url}/play?camera={alert.camera}&t={isoformat(moment - AFTER)}"
        return self._links.watch(alert.camera, moment - BEFORE, moment + AFTER, now), play
