"""`nvr events`: what moved, where and when."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import typer

from nvr.clock import utc_now
from nvr.commands.moments import span
from nvr.commands.options import (
    DEFAULT_FILE,
    Camera,
    ConfigFile,
    From,
    Json,
    To,
    print_json,
    print_table,
    settings_from,
)
from nvr.commands.past import Question, answers
from nvr.settings import Settings


def events(
    config: ConfigFile = DEFAULT_FILE,
    camera: Camera = None,
    from_: From = None,
    to: To = "now",
    json_: Json = False,
) -> None:
    """List motion events, newest first.

    The running recorder is asked over HTTP; where none runs, its database is read.
    """
    settings = settings_from(config)
    known_camera(settings, camera)
    start, end = span(from_, to, utc_now(), settings.timezone)
    rows = answers(settings, Question("events", camera, start, end))
    if json_:
        print_json(rows)
    elif rows:
        print_table(["camera", "start", "seconds", "peak", "zones"], [_cells(row, settings.timezone) for row in rows])
    else:
        typer.echo(f"no motion events from {local(start, settings.timezone)} to {local(end, settings.timezone)}")


def known_camera(settings: Settings, camera: str | None) -> None:
    if camera is not None and camera not in settings.cameras:
        raise typer.BadParameter(f"there is no camera {camera}; the cameras are {', '.join(settings.cameras)}")


def local(time: datetime, timezone: ZoneInfo) -> str:
    return time.astimezone(timezone).strftime("%Y-%m-%d %H:%M:%S %Z")


def _cells(row: dict[str, Any], timezone: ZoneInfo) -> list[str]:
    start = datetime.fromisoformat(row["start"])
    end = row["end"] and datetime.fromisoformat(row["end"])
    seconds = f"{(end - start).total_seconds():.1f}" if end else "goes on"
    return [row["camera"], local(start, timezone), seconds, f"{row['peak']:.3f}", ", ".join(row["zones"])]
