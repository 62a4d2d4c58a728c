"""`nvr notify test RECEIVER`: does each way to people work?"""

import asyncio
import json
from typing import Annotated, Literal

import typer

from nvr.clock import utc_now
from nvr.commands.options import DEFAULT_FILE, ConfigFile, settings_from
from nvr.errors import ConfigError, NvrError
from nvr.masking import Secrets, secrets_of
from nvr.settings import ChannelSettings, Settings

PATIENCE_SECONDS = 30.0

Action = Annotated[Literal["test"], typer.Argument(help="What to do: test.", show_default=False)]
Receiver = Annotated[str, typer.Argument(metavar="RECEIVER", help="A name below notifications.receivers.")]


def notify(action: Action, receiver: Receiver, config: ConfigFile = DEFAULT_FILE) -> None:
    """Send a test message to every channel of a receiver, at once and past its quiet hours, and print what each says.

    Exit code 0: all took it. 1: one did not. 2: the configuration is wrong.
    """
    assert action == "test"
    settings = settings_from(config)
    receivers = settings.notifications.receivers
    if receiver not in receivers:
        known = ", ".join(receivers) or "none: see notifications.receivers"
        raise typer.BadParameter(f"there is no receiver {receiver}; the receivers are {known}")
    secrets = Secrets(secrets_of(settings))
    answers = [(channel.name, asyncio.run(_tried(receiver, channel, settings))) for channel in receivers[receiver]]
    for name, said in answers:
        typer.echo(f"{'FAIL' if said else 'ok  '} {receiver}/{name}{': ' if said else ''}{secrets.redact(said)}")
    if any(said for _, said in answers):
        raise typer.Exit(1)


async def _tried(receiver: str, settings: ChannelSettings, all_settings: Settings) -> str:
    """What went wrong, or nothing."""
    # Late: Apprise takes seconds to load, and a name that is not there is told at once.
    from exporters.notify.hook import Hook, content_of  # noqa: PLC0415
    from exporters.notify.ways import opened  # noqa: PLC0415
    from exporters.notify.words import Place  # noqa: PLC0415

    clock = utc_now().astimezone(all_settings.timezone)
    text = f"Test of {receiver}/{settings.name} at {all_settings.site}, {clock:%H:%M:%S}. All is well."
    try:
        way = opened(f"{receiver}/{settings.name}", settings)
        async with asyncio.timeout(PATIENCE_SECONDS):
            if isinstance(way, Hook):
                place = Place(all_settings.site, all_settings.timezone)
                content = json.loads(content_of(receiver, "firing", [], place)) | {"test": text}
                await way.post(json.dumps(content).encode(), f"{text} {clock:%Y-%m-%d}")
            else:
                await way.send("" if settings.kind == "sms" else "Test of notifications", text, "info")
    except (NvrError, TimeoutError) as error:
        if isinstance(error, ConfigError):
            return f"its url {error.message} ({error.hint})"
        return str(error) or f"no answer within {PATIENCE_SECONDS:.0f} s"
    return ""
