"""`nvr protect`: footage that is not to go to make room."""

from collections.abc import Mapping
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import typer

from nvr.clock import utc_now
from nvr.commands.amounts import moment, size
from nvr.commands.events import known_camera
from nvr.commands.moments import span
from nvr.commands.options import (
    DEFAULT_FILE,
    ConfigFile,
    From,
    JsonObject,
    To,
    print_json,
    print_table,
    settings_from,
)
from nvr.commands.stored import storage_of
from nvr.housekeeping import LONGEST_REASON, Protection, is_reason
from nvr.settings import Settings

CameraName = Annotated[str | None, typer.Argument(metavar="[CAMERA]", help="Whose footage; without it all are listed.")]
Reason = Annotated[str, typer.Option("--reason", metavar="TEXT", help="Why it is to stay.")]
Remove = Annotated[str | None, typer.Option("--remove", metavar="ID", help="Protect this no longer.")]
HEADINGS = ("id", "camera", "from", "to", "segments", "size", "reason")


def protect(
    camera: CameraName = None,
    *,
    config: ConfigFile = DEFAULT_FILE,
    from_: From = None,
    to: To = "now",
    reason: Reason = "",
    remove: Remove = None,
    json_: JsonObject = False,
) -> None:
    """Protect a camera's footage, also what is still to come of it; list what is protected; let it go again.

    Protected footage goes by its own delete_after alone, which is never unless the configuration says otherwise.
    """
    settings = settings_from(config)
    wanted = _wanted(settings, camera, from_, to, reason) if camera and not remove else None
    if remove and camera:
        raise typer.BadParameter("--remove takes the id of a protection and no camera")
    with storage_of(settings) as storage:
        if wanted:
            found = [storage.protect(wanted)]
        else:
            found = [storage.unprotect(remove)] if remove else storage.protections()
    _tell(found, settings.timezone, as_json=json_)


def _wanted(settings: Settings, camera: str, start: str | None, end: str, reason: str) -> Protection:
    known_camera(settings, camera)
    if start is None:
        raise typer.BadParameter("say from when on with --from")
    if not is_reason(reason.strip()):
        raise typer.BadParameter(f"say why with --reason, in 1 to {LONGEST_REASON} characters of one line")
    return Protection.of(camera, *span(start, end, utc_now(), settings.timezone), reason, utc_now())


def _tell(found: list[Mapping[str, Any]], timezone: ZoneInfo, *, as_json: bool) -> None:
    if as_json:
        print_json(found)
    elif found:
        print_table(HEADINGS, [_cells(each, timezone) for each in found])
    else:
        typer.echo("nothing is protected")


def _cells(each: Mapping[str, Any], timezone: ZoneInfo) -> list[str]:
    times = (moment(each[end], timezone) for end in ("start", "end"))
    return [each["id"], each["camera"], *times, str(each["segments"]), size(each["size_bytes"]), each["reason"]]
