"""Tells people of alerts: takes them into the outbox, words them for each channel, and keeps their story."""

import asyncio
import logging
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Protocol

from exporters.delivery import Delivery, NotDelivered, Settled
from exporters.notify import words
from exporters.notify.book import AlertBook
from exporters.notify.channel import Attachment
from exporters.notify.evidence import Evidence
from exporters.notify.hook import Hook, content_of
from exporters.notify.message import Message, alerts_of_key, deliveries, status_of_key
from exporters.notify.ways import Way, opened
from exporters.notify.webhook import Group
from exporters.notify.words import Place, Story
from exporters.outbox import DeliveryTelemetry, Outbox
from exporters.tracing.tracing import UNTRACED, Following
from nvr.alert import Alert, Status, Told
from nvr.clock import utc_now
from nvr.errors import ConfigError, DatabaseError
from nvr.ports import FactSink
from nvr.settings import ChannelSettings, NotificationSettings
from nvr.supervise import cancelled, supervise

_log = logging.getLogger(__name__)

OUTBOX_BYTES = 64 << 20
HISTORY_SECONDS = 1.0
"""How long after a delivery it stands in the history."""

MOST_PICTURED = 3
"""Cameras of one message that are shown."""

_LEVELS = {"critical": logging.CRITICAL, "warning": logging.WARNING}


class AlertPast(Protocol):
    """`exporters.clickhouse.queries.Queries`, as far as alerts go."""

    async def alerts(
        self, camera: str | None, status: Status | None, before: datetime, *, limit: int = ..., offset: int = ...
    ) -> list[Alert]: ...


class Notifier:
    """Making it opens the outbox and the book in `directory`: raises StorageError. `run` it; `receive` at any time."""

    def __init__(
        self,
        settings: NotificationSettings,
        directory: Path,
        place: Place,
        evidence: Evidence,
        past: AlertPast,
        *,
        facts: FactSink,
        telemetry: DeliveryTelemetry,
        redact: Callable[[str], str],
        tracing: Following = UNTRACED,
        now: Callable[[], datetime] = utc_now,
    ) -> None:
        self._settings, self._place, self._evidence, self._past = settings, place, evidence, past
        self._facts, self._telemetry, self._tracing, self._now = facts, telemetry, tracing, now
        self._ways: Mapping[str, ChannelSettings] = settings.channels
        self._channels: dict[str, Way] = {}
        # The outbox first: it holds the lock of the directory.
        ways = tuple(self._ways)
        self._outbox = Outbox(
            directory, OUTBOX_BYTES, ways, self.send, telemetry, redact=redact, tracing=tracing, now=now
        )
        try:
            self._book = AlertBook(directory)
        except BaseException:
            self._outbox.close_now()
            raise

    @property
    def receivers(self) -> Collection[str]:
        return self._settings.receivers.keys()

    async def receive(self, receiver: str, group: Group) -> int:
        """It is on disk when this returns. How many of the alerts are news. Raises StorageError."""
        now = self._now()
        news = await self._book.news(receiver, group.alerts, now)
        if not news:
            return 0
        channels = self._settings.receivers.get(receiver, ())
        local = now.astimezone(self._place.timezone)
        # First the outbox: what dies in between is sent by Alertmanager once more, and known here by its key.
        self._tracing.alerted([each.alert for each in news])
        await self._outbox.put(deliveries(receiver, group.key, news, channels, local))
        for alert in await self._book.note(receiver, news, now):
            self._facts.put(alert)
            level = _LEVELS.get(alert.severity, logging.INFO) if alert.end is None else logging.INFO
            _log.log(level, "alert %s: %s: %s", alert.status, alert.event, alert.summary)
        return len(news)

    async def acknowledge(self, alert_id: str, by: str) -> Alert | None:
        """Someone takes it up; None where there is no such alert, or its end was long ago. Raises StorageError."""
        alert = await self._book.acknowledge(alert_id, by, self._now())
        if alert is not None:
            self._facts.put(alert)
        return alert

    async def firing(self) -> list[Alert]:
        return await self._book.latest(None, "firing", self._now() + timedelta(days=1), limit=1000)

    async def history(
        self, camera: str | None, status: Status | None, before: datetime, *, limit: int, offset: int = 0
    ) -> tuple[list[Alert], str]:
        """Alerts that began before then, newest first; and what is to be said of that while the database is away."""
        try:
            found = await self._past.alerts(camera, status, before, limit=limit, offset=offset)
        except DatabaseError:
            found = await self._book.latest(camera, status, before, limit=limit, offset=offset)
            return found, "the database does not answer: alerts that ended long ago are missing"
        return found, ""

    async def run(self) -> None:
        """Deliver until cancelled. Raises StorageError: run it supervised."""
        for alert in await self._book.latest(None, None, self._now() + timedelta(days=1), limit=200):
            self._facts.put(alert)  # We may have died before the spool had it.
        keeping = supervise("history of alerts", self._keep_history, failed=self._telemetry.failed)
        history = asyncio.create_task(keeping, name="history of alerts")
        try:
            await asyncio.to_thread(self._open_channels)
            await self._outbox.run()
        finally:
            await cancelled(history)

    async def close(self) -> None:
        """What waits is delivered after the next start."""
        await self._outbox.close()
        await asyncio.to_thread(self._book.close)

    def close_now(self) -> None:
        self._outbox.close_now()
        self._book.close()

    async def send(self, delivery: Delivery) -> None:
        """Word it for its channel, and hand it over. Raises NotDelivered."""
        message, channel = Message.of(delivery.payload), await self._channel(delivery.channel)
        stories, pictures = await self._told(message, channel)
        if isinstance(channel, Hook):
            receiver, status = delivery.channel.partition("/")[0], status_of_key(delivery.key)
            await channel.post(content_of(receiver, status, stories, self._place), delivery.key)
        else:
            title, body = self._worded(channel.kind, stories)
            await channel.send(title, body, "resolved" if delivery.resolved else message.severity, pictures)

    def _worded(self, kind: str, stories: Sequence[Story]) -> tuple[str, str]:
        """Title and body."""
        place, now = self._place, self._now()
        if kind == "email":
            return words.title(stories, place, now), words.email(stories, place, now)
        return "", (words.sms if kind == "sms" else words.chat)(stories, place, now)

    async def _told(self, message: Message, channel: Way) -> tuple[list[Story], list[Attachment]]:
        stories = [await self._evidence.story(alert, self._now()) for alert in message.alerts]
        pictures: list[Attachment] = []
        if channel.takes_pictures:
            for index, story in enumerate(stories[:MOST_PICTURED]):
                stories[index], found = await self._pictured(story, with_heatmap=channel.kind == "email")
                pictures += found
        return stories, pictures

    async def _pictured(self, story: Story, *, with_heatmap: bool) -> tuple[Story, list[Attachment]]:
        if not story.alert.camera:
            return story, []
        moment, snapshot = await self._evidence.pictured(story.alert)
        heatmap = await self._evidence.heatmap(story.alert) if with_heatmap and story.alert.end is None else None
        return replace(story, pictured=moment), [each for each in (snapshot, heatmap) if each]

    async def _channel(self, name: str) -> Way:
        if name not in self._channels:
            await asyncio.to_thread(self._open, name)
        return self._channels[name]

    def _open_channels(self) -> None:
        """At the start, so that a mistake is told before it is too late."""
        for name in self._ways:
            try:
                self._open(name)
            except NotDelivered as error:
                _log.error("the channel %s cannot be used: %s", name, error)

    def _open(self, name: str) -> None:
        try:
            self._channels[name] = opened(name, self._ways[name])
        except ConfigError as error:
            raise NotDelivered(error.message, for_good=True, hint=error.hint) from None

    async def _keep_history(self) -> None:
        await asyncio.sleep(HISTORY_SECONDS)
        if settled := await self._outbox.settled():
            await self._settle(settled)

    async def _settle(self, settled: Sequence[Settled]) -> None:
        for one in settled:
            status = status_of_key(one.key)
            told = Told(one.channel, status, one.outcome.value, one.settled, one.error)
            for alert_id in alerts_of_key(one.key):
                if alert := await self._book.settle(alert_id, told):
                    self._facts.put(alert)
        await self._outbox.told(settled)
