"""`nvr gaps`: which footage is missing, and why."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import typer

from nvr.clock import utc_now
from nvr.commands.events import known_camera, local
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


def gaps(
    config: ConfigFile = DEFAULT_FILE,
    camera: Camera = None,
    from_: From = None,
    to: To = "now",
    json_: Json = False,
) -> None:
    """List missing footage and its causes, newest first.

    The running recorder is asked over HTTP; where none runs, the catalogue beside the footage is read.
    """
    settings = settings_from(config)
    known_camera(settings, camera)
    start, end = span(from_, to, utc_now(), settings.timezone)
    rows = answers(settings, Question("gaps", camera, start, end))
    if json_:
        print_json(rows)
    elif rows:
        print_table(["camera", "start", "seconds", "cause"], [_cells(row, settings.timezone) for row in rows])
    else:
        typer.echo(f"no gaps from {local(start, settings.timezone)} to {local(end, settings.timezone)}")


def _cells(row: dict[str, Any], timezone: ZoneInfo) -> list[str]:
    start = local(datetime.fromisoformat(row["start"]), timezone)
    seconds = f"{row['duration_seconds']:.1f}" + ("" if row["end"] else ", goes on")
    return [row["camera"], start, seconds, row["cause"]]
