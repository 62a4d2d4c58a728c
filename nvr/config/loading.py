"""From the file to `Settings`, with all of its mistakes at once."""

from collections.abc import Mapping
from pathlib import Path
from zoneinfo import ZoneInfo

from pydantic import ValidationError

from nvr.config.document import Document, read
from nvr.config.mistakes import mistakes_of
from nvr.config.model import CameraSection, ConfigSection, MotionSection, RecordingSection, ZoneSection
from nvr.config.references import resolve_references
from nvr.config.values import Unusable, timezone
from nvr.errors import ConfigError, InvalidConfig
from nvr.settings import (
    CameraSettings,
    DatabaseSettings,
    LogSettings,
    MotionSettings,
    RecordingSettings,
    Settings,
    StorageSettings,
    WebSettings,
    Zone,
)


def load(path: Path, environ: Mapping[str, str]) -> Settings:
    """Relative paths in the file start at its directory. Raises InvalidConfig, which holds every mistake."""
    try:
        document = read(path)
    except ConfigError as error:
        raise InvalidConfig([error]) from None
    directory = path.absolute().parent
    resolve_references(document, directory, environ)
    return _settings(_checked(document, directory), environ)


def _checked(document: Document, directory: Path) -> ConfigSection:
    try:
        config = ConfigSection.model_validate(document.data, context={"directory": directory})
    except ValidationError as error:
        document.mistakes.extend(mistakes_of(document, error))
    else:
        if not config.cameras:
            document.mistaken(
                ("cameras",), "names no camera", "add one: front-door: {record: rtsp://camera.example/stream}"
            )
    if document.mistakes:
        # Outside the handler: pydantic's error holds the values, and must not come along as the cause.
        raise InvalidConfig(document.mistakes)
    return config


def _settings(config: ConfigSection, environ: Mapping[str, str]) -> Settings:
    storage, database, web = config.storage, config.database, config.web
    return Settings(
        site=config.site,
        timezone=config.timezone or host_timezone(environ),
        storage=StorageSettings(
            path=storage.path,
            mount=storage.mount,
            segment_seconds=storage.segment,
            retention=storage.retention,
        ),
        database=DatabaseSettings(
            dsn=database.dsn,
            spool=database.spool,
            spool_limit_bytes=database.spool_limit,
            keep_seconds=database.keep,
        ),
        web=WebSettings(
            host=web.listen[0],
            port=web.listen[1],
            external_url=web.external_url,
            grafana_url=web.grafana_url,
            docs_url=web.docs_url,
            token=web.token,
        ),
        cameras={name: _camera(name, camera, config) for name, camera in config.cameras.items()},
        notifications=config.told,
        log=LogSettings(config.log.format, config.log.level),
    )


def _camera(name: str, camera: CameraSection, config: ConfigSection) -> CameraSettings:
    defaults, general = config.defaults, config.storage.retention
    return CameraSettings(
        name=name,
        record=camera.record,
        detect=camera.detect,
        audio=camera.audio if "audio" in camera.model_fields_set else defaults.audio,
        recording=_recording(defaults.recording, camera.recording),
        motion=_motion(defaults.motion, camera.motion),
        zones=tuple(_zone(each, zone) for each, zone in camera.zones.items()),
        masks=camera.masks,
        retention=camera.storage.over(general) if camera.storage.model_fields_set else None,
    )


def _zone(name: str, zone: ZoneSection) -> Zone:
    return Zone(
        name=name,
        points=zone.points,
        sensitivity=zone.sensitivity,
        min_area=zone.min_area,
        max_area=zone.max_area,
        direction=zone.direction,
        loiter_seconds=zone.loiter,
        alert=zone.alert,
    )


def _recording(defaults: RecordingSection, own: RecordingSection) -> RecordingSettings:
    """The camera's own word on a key decides."""
    mode, schedule = (own if key in own.model_fields_set else defaults for key in ("mode", "schedule"))
    return RecordingSettings(mode.mode, schedule.schedule)


def _motion(*sections: MotionSection) -> MotionSettings:
    """The last one that says something about a key decides."""
    motion = sections[0]
    for section in sections[1:]:
        motion = motion.model_copy(update=section.model_dump(exclude_unset=True))
    return MotionSettings(
        sensitivity=motion.sensitivity,
        fps=motion.fps,
        min_area=motion.min_area,
        max_area=motion.max_area,
        min_duration_seconds=motion.min_duration,
        off_after_seconds=motion.off_after,
        stands_for_seconds=motion.stands_for,
        cooldown_seconds=motion.cooldown,
        pre_roll_seconds=motion.pre_roll,
        post_roll_seconds=motion.post_roll,
    )


def host_timezone(environ: Mapping[str, str], etc: Path = Path("/etc")) -> ZoneInfo:
    """What `TZ`, or else Debian's /etc/timezone, or else the /etc/localtime link names; UTC where nothing does."""
    for name in (environ.get("TZ", "").removeprefix(":"), _line(etc / "timezone"), _zone_of_link(etc / "localtime")):
        try:
            return timezone(name)
        except Unusable:
            continue
    return ZoneInfo("UTC")


def _line(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError):
        return ""


def _zone_of_link(path: Path) -> str:
    try:
        return str(path.readlink()).partition("zoneinfo/")[2]
    except OSError:
        return ""
