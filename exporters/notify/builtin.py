"""The small evaluator for those who run no Prometheus: cameras offline, the storage, the database, and their ends.

Its alerts have the names of the rules, so that runbooks and history are the same.
"""

import asyncio
import logging
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Protocol

from exporters.notify.webhook import Group, fingerprint_of
from nvr.alert import Alert
from nvr.clock import utc_now
from nvr.model import CameraState, CameraStatus, SinkStatus, VolumeStatus
from nvr.ports import StatusSource

_log = logging.getLogger(__name__)

INTERVAL_SECONDS = 5.0
REPEAT = timedelta(minutes=5)
LASTING = timedelta(seconds=15)
"""How long a condition must be gone before its alert is over."""

NOBODY = "nobody"
"""Where there are no receivers the history is kept all the same."""

LOW_RATIO, CRITICAL_RATIO = 0.85, 0.95
"""As in prometheus/rules/thresholds.yml."""

MARK = {"finder": "builtin"}


class Desk(Protocol):
    """`exporters.notify.notifier.Notifier`."""

    @property
    def receivers(self) -> Collection[str]: ...
    async def receive(self, receiver: str, group: Group) -> int: ...
    async def firing(self) -> list[Alert]: ...


@dataclass(frozen=True, slots=True)
class Condition:
    """Something that is worth an alert once it has held for `patience`."""

    name: str
    event: str
    severity: str
    summary: str
    patience: timedelta
    camera: str = ""
    volume: str = ""

    def labels(self, site: str) -> dict[str, str]:
        about = {"camera": self.camera, "volume": self.volume}
        named = {"alertname": self.name, "event": self.event, "severity": self.severity, "site": site}
        return named | MARK | {name: value for name, value in about.items() if value}


def conditions(
    site: str, cameras: Sequence[CameraStatus], volumes: Sequence[VolumeStatus], sink: SinkStatus
) -> Iterator[Condition]:
    """What holds now."""
    minute = timedelta(minutes=1)
    for camera in cameras:
        if not camera.state.is_up and camera.state is not CameraState.STOPPED:
            text = f"Camera {camera.camera} at {site} is offline"
            patience = timedelta(seconds=30)
            yield Condition("NvrCameraOffline", "CAMERA_OFFLINE", "critical", text, patience, camera=camera.camera)
    for volume in volumes:
        yield from _of_volume(site, volume)
    if not sink.up:
        text = f"ClickHouse takes nothing from the recorder at {site}"
        yield Condition("NvrEventSinkFailing", "DATABASE_ERROR", "critical", text, minute)


def _of_volume(site: str, volume: VolumeStatus) -> Iterator[Condition]:
    minute, ratio = timedelta(minutes=1), volume.used_bytes / max(1, volume.budget_bytes)
    if not volume.writable:
        text = f"Nothing can be recorded at {site}"
        yield Condition("NvrStorageNotWritable", "STORAGE_CRITICAL", "critical", text, minute, volume=volume.volume)
    text = f"{ratio:.0%} of the budget for footage at {site} are used"
    if ratio > CRITICAL_RATIO:
        yield Condition("NvrStorageCritical", "STORAGE_CRITICAL", "critical", text, minute, volume=volume.volume)
    elif ratio > LOW_RATIO:
        yield Condition("NvrStorageLow", "STORAGE_LOW", "warning", text, 5 * minute, volume=volume.volume)


class Evaluator:
    """`run` it supervised: raises StorageError while the outbox cannot be written."""

    def __init__(self, status: StatusSource, site: str, desk: Desk, now: Callable[[], datetime] = utc_now) -> None:
        self._status, self._site, self._desk, self._now = status, site, desk, now
        self._since: dict[str, datetime] = {}
        self._gone: dict[str, datetime] = {}
        self._firing: dict[str, Alert] | None = None
        self._told = now()
        _log.warning("alerts are found by the recorder itself: Prometheus with prometheus/rules finds far more of them")

    async def run(self) -> None:
        while True:
            await self.run_once()
            await asyncio.sleep(INTERVAL_SECONDS)

    async def run_once(self) -> None:
        if self._firing is None:  # What an earlier run fired goes on, or is over.
            found = [alert for alert in await self._desk.firing() if MARK.items() <= alert.labels.items()]
            self._firing = {alert.fingerprint: alert for alert in found}
        now, firing = self._now(), self._firing
        found_now = conditions(self._site, self._status.cameras(), self._status.volumes(), self._status.sink())
        holding = {fingerprint_of(each.labels(self._site)): each for each in found_now}
        self._since = {name: self._since.get(name, now) for name in holding}
        self._gone = {name: self._gone.get(name, now) for name in firing.keys() - holding.keys()}
        for name, condition in holding.items():
            if name not in firing and now - self._since[name] >= condition.patience:
                await self._begin(name, condition, now)
        for name in [name for name, since in self._gone.items() if now - since >= LASTING]:
            await self._tell(replace(firing[name], end=now))
            del firing[name]
        await self._repeat(now)

    async def _begin(self, name: str, condition: Condition, now: datetime) -> None:
        assert self._firing is not None
        words = {"summary": condition.summary}
        start = now.replace(microsecond=now.microsecond // 1000 * 1000)
        alert = Alert(name, start, None, condition.labels(self._site), words)
        await self._tell(alert)
        self._firing[name] = alert

    async def _repeat(self, now: datetime) -> None:
        """As Alertmanager would; who was told lately is not told again."""
        if now - self._told < REPEAT:
            return
        self._told = now
        for alert in (self._firing or {}).values():
            await self._tell(alert)

    async def _tell(self, alert: Alert) -> None:
        for receiver in list(self._desk.receivers) or [NOBODY]:
            await self._desk.receive(receiver, Group(alert.fingerprint, (alert,)))
