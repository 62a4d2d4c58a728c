"""`nvr run`: record, until SIGTERM or Ctrl-C."""

import asyncio
import logging
import os
import signal
import threading
from collections.abc import MutableMapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from exporters.tracing.endpoint import HEADERS, secrets_in
from nvr.commands.readiness.disk import room
from nvr.config.file import ConfigFile
from nvr.departure import prompt_departure
from nvr.disk import DiskThread
from nvr.errors import NvrError
from nvr.log import log_to_stderr
from nvr.masking import Secrets
from nvr.settings import Settings, StorageSettings
from nvr.systemd import ServiceManager

if TYPE_CHECKING:
    from nvr.app import App

log = logging.getLogger(__name__)


def run(
    config: Annotated[Path, typer.Option("--config", "-c", help="The configuration file.")] = Path("nvr.yaml"),
) -> None:
    """Record: every camera, analysed, measured and served, until SIGTERM or Ctrl-C."""
    known = Secrets(secrets_in(os.environ))

    def learn(secrets: frozenset[str]) -> None:
        known.learn(secrets)
        hide(secrets, os.environ)

    file = ConfigFile(config, os.environ, learn)
    settings = file.read()
    log_to_stderr(known, settings.log)
    service = ServiceManager.taken_from(os.environ)
    # Aside, as it counts the footage that is there: recording waits for no disk.
    threading.Thread(target=warn_of_little_room, args=(settings.storage,), daemon=True).start()
    try:
        asyncio.run(_run(file, settings, service))
    except BaseExceptionGroup as group:
        if (error := _only_cause(group)) is None:
            raise
        raise error from None


def warn_of_little_room(storage: StorageSettings) -> None:
    """A budget that cannot be reached is no reason not to record, and one to say so: a full disk ends footage."""
    try:
        found = room(storage.path, storage.retention.budget)
    except OSError:
        return  # A folder that cannot even be looked at is told by whoever opens it.
    if not found.ready:
        log.warning("there is not enough room: %s: %s", found.message, found.remedy)


def hide(secrets: frozenset[str], environ: MutableMapping[str, str]) -> None:
    """Take the variables that hold a secret out of the environment: no child needs them."""
    for name in [name for name, value in environ.items() if any(secret in value for secret in secrets)]:
        del environ[name]


async def _run(file: ConfigFile, settings: Settings, service: ServiceManager) -> None:
    service.opening()
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    async with prompt_departure():
        if (app := await _opened(file, settings, service, stop)) is None:
            return
        asyncio.get_running_loop().add_signal_handler(signal.SIGHUP, app.reload)
        await app.run(stop, listening=lambda port: log.info("listening on http://%s:%d", settings.web.host, port))


async def _opened(file: ConfigFile, settings: Settings, service: ServiceManager, stop: asyncio.Event) -> "App | None":
    """The recorder, made aside: opening its files may take long, and a stop is heard meanwhile. None where one came."""

    def made() -> "App":
        # Late: a mistake in the configuration is told before the database engine is loaded, which takes a second.
        from nvr.app import App  # noqa: PLC0415

        app = App(settings, service, file)
        for name in HEADERS:  # They are read by now, and no child needs them.
            os.environ.pop(name, None)
        return app

    disk = DiskThread("opening")
    opening = asyncio.create_task(disk.do(made), name="opening")
    stopping = asyncio.create_task(stop.wait(), name="stopping")
    await asyncio.wait({opening, stopping}, return_when=asyncio.FIRST_COMPLETED)
    if not opening.done():
        log.warning("stopped while the storage folder and the spool were opened")
        opening.cancel()
        return None
    stopping.cancel()
    disk.close()
    return opening.result()


def _only_cause(group: BaseExceptionGroup[BaseException]) -> NvrError | None:
    """The error that ended a task group, where it is one of ours and nothing else went wrong."""
    errors = [_only_cause(e) if isinstance(e, BaseExceptionGroup) else e for e in group.exceptions]
    return errors[0] if len(errors) == 1 and isinstance(errors[0], NvrError) else None
