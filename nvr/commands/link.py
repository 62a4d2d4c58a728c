"""`nvr link`: an address that opens a little of the recorder without a token, for a while."""

from datetime import timedelta
from typing import Annotated

import typer

from exporters.notify.link_key import new_key_in
from exporters.notify.links import KIOSK_LIFETIME, LIFETIME, MOST_CAMERAS, Links
from nvr.clock import utc_now
from nvr.commands.events import known_camera
from nvr.commands.moments import span
from nvr.commands.options import DEFAULT_FILE, ConfigFile, From, To, settings_from
from nvr.commands.running import base_url
from nvr.config.values import Unusable, duration_between
from nvr.errors import EnvironmentNotReady
from nvr.settings import Settings

SHORTEST, LONGEST = "1m", "3650d"

Cameras = Annotated[list[str] | None, typer.Option("--camera", metavar="NAME", help="Whose; a kiosk can show several.")]
Kiosk = Annotated[bool, typer.Option("--kiosk", help="What cameras see now, for a display on a wall.")]
Expires = Annotated[
    str | None,
    typer.Option(
        "--expires", metavar="AGE", help="How long it opens (default: 7d, of a kiosk 90d).", show_default=False
    ),
]
EndAll = Annotated[bool, typer.Option("--end-all", help="End every link that was ever made, at once.")]


def link(
    *,
    camera: Cameras = None,
    from_: From = None,
    to: To = "now",
    kiosk: Kiosk = False,
    expires: Expires = None,
    end_all: EndAll = False,
    config: ConfigFile = DEFAULT_FILE,
) -> None:
    """Print an address that opens a stretch of one camera's footage, or with --kiosk what cameras see now.

    Whoever has it needs no token, sees nothing else and can change nothing, until it expires.
    """
    settings = settings_from(config)
    directory = settings.database.spool
    if not directory.is_dir():
        raise EnvironmentNotReady(f"no recorder has run here yet: {directory}", hint="start it once with nvr run")
    if end_all:
        new_key_in(directory)
        typer.echo("no link that was made until now opens anything; links in notifications from now on do")
        return
    links = Links.of(directory, settings.web.external_url or base_url(settings.web))
    for name in camera or []:
        known_camera(settings, name)
    if kiosk:
        typer.echo(_kiosk(links, settings, camera, expires))
        return
    if camera is None or len(camera) != 1 or from_ is None:
        raise typer.BadParameter("say whose footage with one --camera, and since when with --from; or --kiosk")
    now = utc_now()
    times = span(from_, to, now, settings.timezone)
    typer.echo(links.watch(camera[0], *times, now, _lifetime(expires, LIFETIME)))


def _kiosk(links: Links, settings: Settings, cameras: list[str] | None, expires: str | None) -> str:
    shown = list(dict.fromkeys(cameras or settings.cameras))
    if not 0 < len(shown) <= MOST_CAMERAS:
        raise typer.BadParameter(f"a kiosk shows 1 to {MOST_CAMERAS} cameras: name them with --camera")
    return links.kiosk(shown, utc_now(), _lifetime(expires, KIOSK_LIFETIME))


def _lifetime(text: str | None, otherwise: timedelta) -> timedelta:
    if text is None:
        return otherwise
    try:
        return timedelta(seconds=duration_between(SHORTEST, LONGEST)(text))
    except Unusable as error:
        raise typer.BadParameter(f"{text} {error.message}: {error.hint}") from None
