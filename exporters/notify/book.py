"""The book of alerts: every alert's life as far as it may still change, and what each receiver was last told.

ClickHouse has all of them for ever; this is what goes on while it is away, and what its rows are made from.
"""

import asyncio
import json
import sqlite3
import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import TypeVar

from exporters.durable_file import connect, opened, transaction
from exporters.notify.alert_json import alert_json, alert_of
from nvr.alert import Alert, Status, Told
from nvr.errors import StorageError

T = TypeVar("T")

FILE_NAME = "alerts.sqlite"
REPEAT_AFTER = timedelta(minutes=4)
"""An alert that goes on is told again after so long, where it is sent again: Alertmanager repeats every 5 minutes."""

REMEMBERED = timedelta(days=30)
"""How long an alert stays here after its end."""

MOST_TOLD = 200
"""Deliveries that are listed with one alert: the first of them, and the latest."""

_FORMAT = 1
_SCHEMA = """
CREATE TABLE alert (
    id TEXT PRIMARY KEY, start REAL NOT NULL, ended REAL, camera TEXT NOT NULL, body TEXT NOT NULL
) STRICT;
CREATE INDEX alert_start ON alert (start);
CREATE TABLE notice (
    receiver TEXT NOT NULL, alert TEXT NOT NULL, status TEXT NOT NULL, round INTEGER NOT NULL, at REAL NOT NULL,
    PRIMARY KEY (receiver, alert)
) STRICT, WITHOUT ROWID;
"""


@dataclass(frozen=True, slots=True)
class News:
    """An alert that a receiver is to be told of, for the `round`th time."""

    alert: Alert
    round: int

    @property
    def key(self) -> str:
        return f"{self.alert.id}#{self.round}"


class AlertBook:
    """Raises StorageError; a corrupt file is moved aside."""

    def __init__(self, directory: Path) -> None:
        self._path = directory / FILE_NAME
        self._file_lock = threading.Lock()
        self._db = opened("book of alerts", self._path, lambda path: connect(path, schema=_SCHEMA, version=_FORMAT))

    async def news(self, receiver: str, alerts: Sequence[Alert], now: datetime) -> list[News]:
        """Which of these the receiver has not been told of, or not for a while."""
        return await self._on_file(lambda: [news for each in alerts if (news := self._news(receiver, each, now))])

    async def note(self, receiver: str, told: Sequence[News], now: datetime) -> list[Alert]:
        """The receiver is being told of these. Returns them as they are now known."""
        return await self._on_file(lambda: self._note(receiver, told, now))

    async def settle(self, alert_id: str, told: Told) -> Alert | None:
        """A delivery of the alert ended. None where the alert is not in the book any more."""

        def settled(alert: Alert) -> Alert:
            return alert if told in alert.told else replace(alert, told=_bounded((*alert.told, told)))

        return await self._change(alert_id, settled)

    async def acknowledge(self, alert_id: str, by: str, now: datetime) -> Alert | None:
        """Someone takes it up: who was first stays."""

        def taken_up(alert: Alert) -> Alert:
            return alert if alert.acknowledged else replace(alert, acknowledged=now, acknowledged_by=by)

        return await self._change(alert_id, taken_up)

    async def latest(
        self, camera: str | None, status: Status | None, before: datetime, *, limit: int, offset: int = 0
    ) -> list[Alert]:
        """Newest first."""
        status_of = "CASE WHEN ended IS NULL THEN 'firing' ELSE 'resolved' END"
        where = f"start < ? AND ? IN ('', camera) AND ? IN ('', {status_of})"
        values = (before.timestamp(), camera or "", status or "", limit, offset)
        text = f"SELECT body FROM alert WHERE {where} ORDER BY start DESC, id LIMIT ? OFFSET ?"
        return await self._on_file(lambda: [_alert(body) for (body,) in self._db.execute(text, values).fetchall()])

    def close(self) -> None:
        with self._file_lock:
            self._db.close()

    def _news(self, receiver: str, alert: Alert, now: datetime) -> News | None:
        text = "SELECT status, round, at FROM notice WHERE receiver = ? AND alert = ?"
        found = self._db.execute(text, (receiver, alert.id)).fetchone()
        if found is None:
            return News(alert, 1)
        status, round_, at = found
        if status == alert.status and (alert.end is not None or now.timestamp() - at < REPEAT_AFTER.total_seconds()):
            return None
        known = self._known(alert.id)
        if status == alert.status and known is not None and known.acknowledged is not None:
            return None
        return News(alert, round_ + 1)

    def _note(self, receiver: str, told: Sequence[News], now: datetime) -> list[Alert]:
        with transaction(self._db):
            found = [self._merge(news.alert) for news in told]
            self._db.executemany(
                "INSERT OR REPLACE INTO notice VALUES (?, ?, ?, ?, ?)",
                [(receiver, each.alert.id, each.alert.status, each.round, now.timestamp()) for each in told],
            )
            self._forget((now - REMEMBERED).timestamp())
        return found

    def _merge(self, alert: Alert) -> Alert:
        """What is known of it already stays: who has it, and whom it was told to."""
        if known := self._known(alert.id):
            alert = replace(known, end=alert.end, labels=alert.labels, annotations=alert.annotations)
        return self._keep(alert)

    def _forget(self, ended_before: float) -> None:
        self._db.execute("DELETE FROM alert WHERE ended < ?", (ended_before,))
        self._db.execute("DELETE FROM notice WHERE at < ? AND alert NOT IN (SELECT id FROM alert)", (ended_before,))

    async def _change(self, alert_id: str, change: Callable[[Alert], Alert]) -> Alert | None:
        def changed() -> Alert | None:
            with transaction(self._db):
                known = self._known(alert_id)
                if known is None:
                    return None
                after = change(known)
                return known if after == known else self._keep(after)

        return await self._on_file(changed)

    def _known(self, alert_id: str) -> Alert | None:
        found = self._db.execute("SELECT body FROM alert WHERE id = ?", (alert_id,)).fetchone()
        return None if found is None else _alert(found[0])

    def _keep(self, alert: Alert) -> Alert:
        alert = replace(alert, revision=alert.revision + 1)
        ended = None if alert.end is None else alert.end.timestamp()
        row = (alert.id, alert.start.timestamp(), ended, alert.camera, json.dumps(alert_json(alert)))
        self._db.execute("INSERT OR REPLACE INTO alert VALUES (?, ?, ?, ?, ?)", row)
        return alert

    async def _on_file(self, act: Callable[[], T]) -> T:
        return await asyncio.to_thread(self._locked, act)

    def _locked(self, act: Callable[[], T]) -> T:
        with self._file_lock:
            try:
                return act()
            except sqlite3.Error as error:
                raise StorageError(f"the book of alerts cannot be used: {error}", path=self._path) from error


def _alert(body: str) -> Alert:
    return alert_of(json.loads(body))


def _bounded(told: Iterable[Told]) -> tuple[Told, ...]:
    every = tuple(told)
    half = MOST_TOLD // 2
    return every if len(every) <= MOST_TOLD else (*every[:half], *every[-half:])
