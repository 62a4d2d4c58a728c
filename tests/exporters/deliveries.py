"""Deliveries to put into the outbox, channels that take them or do not, and a telemetry that remembers."""

import asyncio
from collections import Counter
from datetime import datetime

from exporters.delivery import Delivery, NotDelivered


def delivery(
    number: int = 0,
    channel: str = "mail",
    *,
    severity: str = "warning",
    resolved: bool = False,
    payload: str = "{}",
    subject: str | None = None,
    due: datetime | None = None,
) -> Delivery:
    return Delivery(f"alert-{number}", channel, subject or f"subject-{number}", severity, resolved, payload, due)


class CountedDeliveries:
    def __init__(self) -> None:
        self.tried: Counter[tuple[str, str]] = Counter()
        self.failures: Counter[str] = Counter()
        self.dropped = 0

    def delivery_tried(self, channel: str, outcome: str, seconds: float) -> None:
        assert seconds >= 0
        self.tried[channel, outcome] += 1

    def failed(self, component: str) -> None:
        self.failures[component] += 1

    def deliveries_dropped(self, count: int) -> None:
        self.dropped += count


class Channels:
    """Takes deliveries; a channel in `broken` fails with its text, one in `refusing` does so for good."""

    def __init__(self) -> None:
        self.taken: list[tuple[str, str]] = []
        self.broken: dict[str, str] = {}
        self.refusing: set[str] = set()
        self.hanging: set[str] = set()

    async def send(self, delivery: Delivery) -> None:
        if delivery.channel in self.hanging:
            await asyncio.Event().wait()
        if delivery.channel in self.broken:
            raise NotDelivered(self.broken[delivery.channel])
        if delivery.key in self.refusing:
            raise NotDelivered("it is too long", for_good=True)
        self.taken.append((delivery.channel, delivery.key))
