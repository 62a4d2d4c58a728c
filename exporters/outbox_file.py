"""The outbox's file: deliveries waiting for their channels in SQLite, and what became of those before.

A delivery is claimed, durably, before it is sent. After a death between sending and settling the claim is void, and it
is sent once more: each such death repeats at most one delivery a channel, and loses none.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from exporters.delivery import SEVERITIES, Claim, Delivery, DeliveryOutcome, Settled
from exporters.durable_file import connect, transaction
from nvr.clock import from_milliseconds, milliseconds

_FORMAT = 1
_ROW_OVERHEAD_BYTES = 300
"""What SQLite adds to a payload: keys, indexes, the last error."""

_LONGEST_ERROR = 200

_SCHEMA = """
CREATE TABLE delivery (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    key TEXT NOT NULL, channel TEXT NOT NULL, subject TEXT NOT NULL,
    severity INTEGER NOT NULL, resolved INTEGER NOT NULL, payload TEXT NOT NULL, size INTEGER NOT NULL,
    created INTEGER NOT NULL, due INTEGER NOT NULL,
    claimed INTEGER NOT NULL DEFAULT 0, attempts INTEGER NOT NULL DEFAULT 0, error TEXT NOT NULL DEFAULT '',
    outcome TEXT, settled INTEGER, told INTEGER NOT NULL DEFAULT 0,
    UNIQUE (key, channel)
) STRICT;
CREATE INDEX delivery_waiting ON delivery (channel, attempts, id) WHERE outcome IS NULL;
CREATE INDEX delivery_subject ON delivery (channel, subject, id) WHERE outcome IS NULL;
CREATE INDEX delivery_settled ON delivery (told, settled) WHERE outcome IS NOT NULL;
"""

_NEXT = """SELECT id, attempts, key, channel, subject, severity, resolved, payload FROM delivery AS one
WHERE channel = ? AND outcome IS NULL AND NOT claimed AND due <= ? AND NOT EXISTS (
    SELECT 1 FROM delivery WHERE channel = one.channel AND subject = one.subject AND outcome IS NULL AND id < one.id
) ORDER BY attempts, severity DESC, id LIMIT 1"""
"""Those that were tried least come first: one that always fails holds up no other. A subject keeps its order."""

_LEAST = """SELECT id FROM delivery WHERE outcome IS NULL AND NOT claimed
ORDER BY resolved DESC, severity, id LIMIT 100"""


class OutboxFile:
    """Not thread-safe: `Outbox` calls it under its lock. Raises `sqlite3.Error`."""

    def __init__(self, path: Path) -> None:
        self._db = connect(path, schema=_SCHEMA, version=_FORMAT)

    def release(self) -> None:
        """Nothing is being sent: claims that are left are those of a sender that died, or was stopped."""
        self._db.execute("UPDATE delivery SET claimed = 0 WHERE claimed")

    @property
    def size_bytes(self) -> int:
        return int(self._value("SELECT coalesce(sum(size), 0) FROM delivery"))

    @property
    def waiting(self) -> int:
        return int(self._value("SELECT count() FROM delivery WHERE outcome IS NULL"))

    def put(self, deliveries: Iterable[Delivery], limit_bytes: int, now: datetime) -> int:
        """Store those that are new in one commit and make room for them; how many deliveries that cost."""
        with transaction(self._db):
            for delivery in deliveries:
                self._put(delivery, now)
            self._forget_until(limit_bytes)
            return self._drop_until(limit_bytes, now)

    def _put(self, delivery: Delivery, now: datetime) -> None:
        self._db.execute(
            "INSERT OR IGNORE INTO delivery (key, channel, subject, severity, resolved, payload, size, created, due)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                delivery.key,
                delivery.channel,
                delivery.subject,
                SEVERITIES.index(delivery.severity),
                delivery.resolved,
                delivery.payload,
                len(delivery.payload.encode()) + _ROW_OVERHEAD_BYTES,
                milliseconds(now),
                milliseconds(delivery.due or datetime.min.replace(tzinfo=UTC)),
            ),
        )

    def _forget_until(self, limit_bytes: int) -> None:
        """What is settled goes first, what history knows of before the rest."""
        while self.size_bytes > limit_bytes:
            statement = "DELETE FROM delivery WHERE id IN (SELECT id FROM delivery WHERE outcome IS NOT NULL"
            if not self._db.execute(f"{statement} ORDER BY told DESC, settled LIMIT 100)").rowcount:
                return

    def _drop_until(self, limit_bytes: int, now: datetime) -> int:
        """Then what is over anyhow, and what weighs least; what is being sent stays."""
        dropped = 0
        while (excess := self.size_bytes - limit_bytes) > 0:
            least = self._db.execute(_LEAST).fetchall()
            if not least:
                break
            for (number,) in least:
                excess -= int(self._value("SELECT size FROM delivery WHERE id = ?", number))
                self._settle(number, DeliveryOutcome.DROPPED, "the outbox was full", now)
                dropped += 1
                if excess <= 0:
                    break
            self._forget_until(limit_bytes)
        return dropped

    def claim(self, channel: str, now: datetime) -> Claim | None:
        """What is to be sent to `channel` next. One at a time: the next comes when this one is settled or put back."""
        with transaction(self._db):
            row = self._db.execute(_NEXT, (channel, milliseconds(now))).fetchone()
            if row is None:
                return None
            number, attempts, key, channel, subject, severity, resolved, payload = row
            self._db.execute("UPDATE delivery SET claimed = 1, attempts = attempts + 1 WHERE id = ?", (number,))
        delivery = Delivery(key, channel, subject, SEVERITIES[severity], bool(resolved), payload)
        return Claim(number, attempts + 1, delivery)

    def put_back(self, claim: Claim, error: str) -> None:
        """It was not delivered, and is tried again."""
        with transaction(self._db):
            values = (error[:_LONGEST_ERROR], claim.id, claim.delivery.key)
            self._db.execute("UPDATE delivery SET claimed = 0, error = ? WHERE id = ? AND key = ?", values)

    def settle(self, claim: Claim, outcome: DeliveryOutcome, now: datetime, error: str = "") -> None:
        """Another file, that the claim is not from, may hold something else under its number."""
        with transaction(self._db):
            if self._db.execute(
                "SELECT 1 FROM delivery WHERE id = ? AND key = ?", (claim.id, claim.delivery.key)
            ).fetchone():
                self._settle(claim.id, outcome, error, now)

    def expire(self, age: timedelta, now: datetime) -> Counter[str]:
        """Settle what waits in vain for longer than `age`; how many those are, by channel."""
        old = milliseconds(now - age)
        return self._settle_where("created < ? AND due < ?", (old, old), DeliveryOutcome.EXPIRED, "", now)

    def refuse_all_but(self, channels: Sequence[str], now: datetime) -> Counter[str]:
        """Settle what waits for channels that there are no more; how many those are, by channel."""
        places = ", ".join("?" * len(channels))
        error = "the configuration has no such channel any more"
        return self._settle_where(f"channel NOT IN ({places})", channels, DeliveryOutcome.REFUSED, error, now)

    def _settle_where(
        self, condition: str, values: Sequence[Any], outcome: DeliveryOutcome, error: str, now: datetime
    ) -> Counter[str]:
        question = f"SELECT id, channel FROM delivery WHERE outcome IS NULL AND NOT claimed AND {condition}"
        with transaction(self._db):
            found = self._db.execute(question, values).fetchall()
            for number, _ in found:
                self._settle(number, outcome, error, now)
        return Counter(channel for _, channel in found)

    def _settle(self, number: int, outcome: DeliveryOutcome, error: str, now: datetime) -> None:
        """The row stays without its payload: its key is known, and history may ask."""
        self._db.execute(
            "UPDATE delivery SET claimed = 0, outcome = ?, settled = ?, payload = '', size = ?,"
            " error = CASE ? WHEN '' THEN error ELSE ? END WHERE id = ?",
            (outcome, milliseconds(now), _ROW_OVERHEAD_BYTES, error, error[:_LONGEST_ERROR], number),
        )

    def settled(self, limit: int) -> list[Settled]:
        """Those that history has not been told of, oldest first."""
        rows = self._db.execute(
            "SELECT id, key, channel, subject, outcome, attempts, error, created, settled FROM delivery"
            " WHERE outcome IS NOT NULL AND NOT told ORDER BY settled, id LIMIT ?",
            (limit,),
        )
        return [
            Settled(
                number,
                key,
                channel,
                subject,
                DeliveryOutcome(outcome),
                attempts,
                error,
                from_milliseconds(created),
                from_milliseconds(at),
            )
            for number, key, channel, subject, outcome, attempts, error, created, at in rows.fetchall()
        ]

    def told(self, settled: Iterable[Settled], forget: datetime) -> None:
        """History has these; of what it has, the keys are known until they were settled before `forget`."""
        with transaction(self._db):
            self._db.executemany("UPDATE delivery SET told = 1 WHERE id = ?", [(one.id,) for one in settled])
            old = (milliseconds(forget),)
            self._db.execute("DELETE FROM delivery WHERE outcome IS NOT NULL AND told AND settled < ?", old)

    def close(self) -> None:
        self._db.close()

    def _value(self, question: str, *values: object) -> Any:
        (found,) = self._db.execute(question, values).fetchone()
        return found
