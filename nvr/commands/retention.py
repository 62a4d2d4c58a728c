"""`nvr retention`: what is deleted to make room and when it is too old, and why."""

from collections.abc import Mapping
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import typer

from nvr.commands.amounts import age, moment, size
from nvr.commands.events import known_camera
from nvr.commands.options import (
    DEFAULT_FILE,
    Camera,
    ConfigFile,
    JsonObject,
    print_json,
    print_table,
    settings_from,
)
from nvr.commands.stored import clean_up, storage_of

DryRun = Annotated[bool, typer.Option("--dry-run", help="Delete nothing, and say what would go and why.")]
HEADINGS = ("policy", "segments", "size", "oldest", "newest")


def retention(
    config: ConfigFile = DEFAULT_FILE, dry_run: DryRun = False, camera: Camera = None, json_: JsonObject = False
) -> None:
    """Have the running recorder clean up its storage now, and say what went.

    With --dry-run nothing goes; where no recorder runs, what it left is looked at.
    """
    settings = settings_from(config)
    known_camera(settings, camera)
    if camera and not dry_run:
        raise typer.BadParameter("a clean-up is one of all cameras: --camera goes with --dry-run")
    if dry_run:
        with storage_of(settings) as storage:
            found = storage.cleanup_status(camera)
        print_json(found) if json_ else _tell_plan(found, settings.timezone)
        return
    run = clean_up(settings)
    print_json(run) if json_ else _tell_run(run, settings.timezone)
    if run["error"]:
        raise typer.Exit(1)


def _tell_plan(found: Mapping[str, Any], timezone: ZoneInfo) -> None:
    if found["planned"]:
        print_table(HEADINGS, [_cells(step, timezone) for step in found["planned"]])
    else:
        typer.echo("nothing would go")
    oldest = moment(found["oldest"], timezone) or "none"
    freeable = size(found["freeable_bytes"])
    typer.echo(f"\n{freeable} could go without breaking a promise; the oldest footage: {oldest}\n")
    bands = [band for band in found["files_by_age"] if band["segments"] or not band["age_seconds"]]
    rows = [
        (age(band["age_seconds"]) if band["age_seconds"] else "any", str(band["segments"]), size(band["size_bytes"]))
        for band in bands
    ]
    print_table(["at least so old", "segments", "size"], rows)


def _tell_run(run: Mapping[str, Any], timezone: ZoneInfo) -> None:
    if run["steps"]:
        print_table(HEADINGS, [_cells(step, timezone) for step in run["steps"]])
    else:
        typer.echo("nothing had to go")
    if run["refused"]:
        typer.echo(f"{run['refused']} files cannot be deleted; the recorder's log names the first", err=True)
    if run["error"]:
        typer.echo(f"it ended early: {run['error']}", err=True)


def _cells(step: Mapping[str, Any], timezone: ZoneInfo) -> list[str]:
    times = (moment(step[end], timezone) for end in ("oldest", "newest"))
    return [step["policy"], str(step["segments"]), size(step["size_bytes"]), *times]
