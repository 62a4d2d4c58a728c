"""A notifier on a folder, with channels that lead to sinks, and nothing that it could show."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt

from exporters.notify.evidence import Evidence
from exporters.notify.link_key import KEY_BYTES
from exporters.notify.links import Links
from exporters.notify.notifier import Notifier
from exporters.notify.words import Place
from nvr.alert import Alert
from nvr.errors import DatabaseError
from nvr.model import Fact, Gap, Segment
from nvr.settings import ChannelSettings, NotificationSettings
from tests.exporters.deliveries import CountedDeliveries

BERLIN = ZoneInfo("Europe/Berlin")


class NoFootage:
    def segments(self, *_: object) -> list[Segment]:
        return []

    def segment(self, _: str) -> Segment | None:
        return None

    def gaps(self, *_: object) -> list[Gap]:
        return []

    def file(self, segment: Segment) -> Path:
        raise AssertionError(segment)


class AwayPast:
    """A database that does not answer."""

    async def alerts(self, *_: object, **__: object) -> list[Alert]:
        raise DatabaseError("it is away")

    async def heatmap(self, *_: object) -> tuple[npt.NDArray[np.uint64], bool]:
        raise DatabaseError("it is away")


class KeptFacts:
    def __init__(self) -> None:
        self.kept: list[Fact] = []

    def put(self, fact: Fact) -> None:
        self.kept.append(fact)


class CountedNotifications(CountedDeliveries):
    def failed(self, component: str) -> None:
        raise AssertionError(component)


class Desk:
    """`time` is what its clock says."""

    def __init__(self, folder: Path, time: datetime, *channels: ChannelSettings) -> None:
        self.time, self.facts, self.telemetry = time, KeptFacts(), CountedNotifications()
        evidence = Evidence(NoFootage(), AwayPast(), Links(b"k" * KEY_BYTES, "https://nvr.example"), BERLIN)
        self.notifier = Notifier(
            NotificationSettings({"people": channels}),
            folder,
            Place("home", BERLIN),
            evidence,
            AwayPast(),
            facts=self.facts,
            telemetry=self.telemetry,
            redact=str,
            now=lambda: self.time,
        )

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        task = asyncio.create_task(self.notifier.run())
        try:
            yield
        finally:
            task.cancel()
            await asyncio.wait([task])

    async def until(self, condition: Callable[[], bool]) -> None:
        async with asyncio.timeout(30):
            while not condition():  # noqa: ASYNC110  What a sink takes does not wake.
                await asyncio.sleep(0.02)
