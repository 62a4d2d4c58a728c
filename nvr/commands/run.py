"""`nvr run`: record, until SIGTERM or Ctrl-C."""

import asyncio
import logging
import os
import signal
import threading
import time
from pathlib import Path
from typing import Annotated

import typer

from nvr.app import App
from nvr.commands.readiness.disk import room
from nvr.config import load
from nvr.errors import NvrError
from nvr.masking import Secrets, secrets_of
from nvr.settings import Settings, StorageSettings

log = logging.getLogger(__name__)


def run(
    config: Annotated[Path, typer.Option("--config", "-c", help="The configuration file.")] = Path("nvr.yaml"),
) -> None:
    """Record: every camera, analysed, measured and served, until SIGTERM or Ctrl-C."""
    settings = load(config, os.environ)
    _log_to_stderr(settings)
    # Aside, as it counts the footage that is there: recording waits for no disk.
    threading.Thread(target=warn_of_little_room, args=(settings.storage,), daemon=True).start()
    try:
        asyncio.run(_run(settings))
    except BaseExceptionGroup as group:
        if (error := _only_cause(group)) is None:
            raise
        raise error from None


def warn_of_little_room(storage: StorageSettings) -> None:
    """A budget that cannot be reached is no reason not to record, and one to say so: a full disk ends footage."""
    try:
        found = room(storage.path, storage.budget)
    except OSError:
        return  # A folder that cannot even be looked at is told by whoever opens it.
    if not found.ready:
        log.warning("there is not enough room: %s: %s", found.message, found.remedy)


async def _run(settings: Settings) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    await App(settings).run(stop, listening=lambda port: log.info("listening on http://%s:%d", settings.web.host, port))


def _only_cause(group: BaseExceptionGroup[BaseException]) -> NvrError | None:
    """The error that ended a task group, where it is one of ours and nothing else went wrong."""
    errors = [_only_cause(e) if isinstance(e, BaseExceptionGroup) else e for e in group.exceptions]
    return errors[0] if len(errors) == 1 and isinstance(errors[0], NvrError) else None


def _log_to_stderr(settings: Settings) -> None:
    formatter = logging.Formatter("%(asctime)s.%(msecs)03dZ %(levelname)-7s %(name)s: %(message)s", "%Y-%m-%dT%H:%M:%S")
    formatter.converter = time.gmtime
    handler = logging.StreamHandler()
    handler.setFormatter(formatter)
    handler.addFilter(Secrets(secrets_of(settings)))
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)
    logging.getLogger("uvicorn.error").setLevel(logging.WARNING)
