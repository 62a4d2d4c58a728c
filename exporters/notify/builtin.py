"""The small evaluator for those who run no Prometheus: cameras offline, the storage, the database, and their ends.

Its alerts have the names of the rules, so that runbooks and history are the same.
"""

import asyncio
import logging
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Protocol

from exporters.notify.addresses import Addresses
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

LOW_RATIO, CRITICAL_RATIO, FULL_RATIO, EXCEEDED_RATIO = 0.85, 0.95, 0.97, 1.05
"""As in prometheus/rules/thresholds.yml."""

MADE_ROOM_WITHIN, BROKE_PROMISE_WITHIN = timedelta(hours=1), timedelta(minutes=15)
"""As in prometheus/rules/measures.yml."""

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
    dashboard: str
    camera: str = ""
    volume: str = ""

    def labels(self, site: str) -> dict[str, str]:
        about = {"camera": self.camera, "volume": self.volume}
        named = {"alertname": self.name, "event": self.event, "severity": self.severity, "site": site}
        return named | MARK | {name: value for name, value in about.items() if value}


def conditions(
    site: str, cameras: Sequence[CameraStatus], volumes: Sequence[VolumeStatus], sink: SinkStatus, now: datetime
) -> Iterator[Condition]:
    """What holds now."""
    minute = timedelta(minutes=1)
    for camera in cameras:
        if not camera.state.is_up and camera.state is not CameraState.STOPPED:
            text = f"Camera {camera.camera} at {site} is offline"
            what = ("NvrCameraOffline", "CAMERA_OFFLINE", "critical", text, timedelta(seconds=30), "nvr-camera")
            yield Condition(*what, camera=camera.camera)
    for volume in volumes:
        yield from _of_volume(site, volume, now)
    if not sink.up:
        text = f"ClickHouse takes nothing from the recorder at {site}"
        yield Condition("NvrEventSinkFailing", "DATABASE_ERROR", "critical", text, minute, "nvr-pipeline")


def _of_volume(site: str, volume: VolumeStatus, now: datetime) -> Iterator[Condition]:
    minute, name, ratio = timedelta(minutes=1), volume.volume, _used_ratio(volume)
    if not volume.writable:
        text = f"Nothing can be recorded at {site}"
        what = ("NvrStorageNotWritable", "STORAGE_CRITICAL", "critical", text, minute, "nvr-storage")
        yield Condition(*what, volume=name)
    text = f"{ratio:.0%} of the budget for footage at {site} are used"
    fine, broke = is_at_budget(volume, now), _is_within(volume.broke_promise, BROKE_PROMISE_WITHIN, now)
    if broke:
        text = f"Footage that was promised to stay had to go at {site}"
    if broke or (ratio > CRITICAL_RATIO and not fine):
        what = ("NvrStorageCritical", "STORAGE_CRITICAL", "critical", text, minute, "nvr-storage")
        yield Condition(*what, volume=name)
    elif ratio > LOW_RATIO and not fine:
        yield Condition("NvrStorageLow", "STORAGE_LOW", "warning", text, 5 * minute, "nvr-storage", volume=name)


def is_at_budget(volume: VolumeStatus, now: datetime) -> bool:
    """It is full, keeps to its budget by deleting the oldest, and breaks no promise: as it should be."""
    full = FULL_RATIO < _used_ratio(volume) <= EXCEEDED_RATIO
    keeps = not _is_within(volume.broke_promise, BROKE_PROMISE_WITHIN, now)
    return full and keeps and _is_within(volume.made_room, MADE_ROOM_WITHIN, now)


def _used_ratio(volume: VolumeStatus) -> float:
    return volume.used_bytes / max(1, volume.budget_bytes)


def _is_within(moment: datetime | None, span: timedelta, now: datetime) -> bool:
    """Or as much ahead: a clock that was fast when it happened keeps nothing firing for longer."""
    return moment is not None and abs(now - moment) <= span


class Evaluator:
    """`run` it supervised: raises StorageError while the outbox cannot be written."""

    def __init__(
        self,
        status: StatusSource,
        site: str,
        desk: Desk,
        addresses: Addresses,
        now: Callable[[], datetime] = utc_now,
    ) -> None:
        self._status, self._site, self._desk, self._addresses, self._now = status, site, desk, addresses, now
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
        status = self._status
        found_now = conditions(self._site, status.cameras(), status.volumes(), status.sink(), now)
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
        links = self._addresses.annotations(condition.name, condition.dashboard, self._site, condition.camera)
        words = {"summary": condition.summary} | links
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
