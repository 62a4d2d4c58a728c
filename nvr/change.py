"""What a new configuration changes about a running recorder: decided here, done by the roster.

The cameras and how long footage stays change while it runs. What else there is takes effect at the next start.
"""

from dataclasses import dataclass, replace
from operator import attrgetter

from nvr.settings import CameraSettings, Settings

LATER = {
    "site": attrgetter("site"),
    "timezone": attrgetter("timezone"),
    "storage.path": attrgetter("storage.path"),
    "storage.mount": attrgetter("storage.mount"),
    "storage.segment": attrgetter("storage.segment_seconds"),
    "database.dsn": attrgetter("database.dsn"),
    "database.spool": attrgetter("database.spool"),
    "database.spool_limit": attrgetter("database.spool_limit_bytes"),
    "database.keep": attrgetter("database.keep_seconds"),
    "web.listen": attrgetter("web.host", "web.port"),
    "web.external_url": attrgetter("web.external_url"),
    "web.grafana_url": attrgetter("web.grafana_url"),
    "web.docs_url": attrgetter("web.docs_url"),
    "web.token": attrgetter("web.token"),
    "notifications": attrgetter("notifications"),
    "log": attrgetter("log"),
}
"""The keys that take effect at the next start, and where the settings have their values."""

JUDGED = ("motion", "zones", "masks")
"""What of a camera's settings changes the judgement of its pictures, and nothing else."""


@dataclass(frozen=True, slots=True)
class Change:
    """Names of cameras, and the keys that must wait for the next start.

    A camera that is `restarted` comes from another source or is recorded otherwise; of one that is `reanalysed` only
    the judgement of its pictures changes, of one that is `rescheduled` its modes and their times.
    """

    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    restarted: tuple[str, ...] = ()
    reanalysed: tuple[str, ...] = ()
    rescheduled: tuple[str, ...] = ()
    limits: bool = False
    postponed: tuple[str, ...] = ()

    @property
    def words(self) -> str:
        """For the log: `added: yard; removed: door`."""
        parts = {name: getattr(self, name) for name in ("added", "removed", "restarted", "reanalysed", "rescheduled")}
        said = [f"{name}: {', '.join(cameras)}" for name, cameras in parts.items() if cameras]
        return "; ".join([*said, *(["how long footage stays"] if self.limits else [])]) or "nothing to change"


def change_between(running: Settings, wanted: Settings) -> Change:
    before, after = running.cameras, wanted.cameras
    both = [name for name in after if name in before]
    restarted = tuple(name for name in both if _recorded_otherwise(before[name], after[name]))
    going_on = [name for name in both if name not in restarted]
    return Change(
        added=tuple(name for name in after if name not in before),
        removed=tuple(name for name in before if name not in after),
        restarted=restarted,
        reanalysed=tuple(name for name in going_on if _judged_otherwise(before[name], after[name])),
        rescheduled=tuple(name for name in going_on if before[name].recording != after[name].recording),
        limits=running.storage.retention != wanted.storage.retention or running.own_limits != wanted.own_limits,
        postponed=tuple(key for key, value in LATER.items() if value(running) != value(wanted)),
    )


def adopted(running: Settings, wanted: Settings) -> Settings:
    """What holds once the change is done: as wanted, but for what waits for the next start."""
    return replace(
        running,
        storage=replace(running.storage, retention=wanted.storage.retention),
        cameras=wanted.cameras,
    )


def _recorded_otherwise(before: CameraSettings, after: CameraSettings) -> bool:
    """Whatever is not of the judgement alone, nor of when it is recorded and how long that stays."""
    return replace(before, **{key: getattr(after, key) for key in (*JUDGED, "recording", "retention")}) != after


def _judged_otherwise(before: CameraSettings, after: CameraSettings) -> bool:
    return any(getattr(before, key) != getattr(after, key) for key in JUDGED)
