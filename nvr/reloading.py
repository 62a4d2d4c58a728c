"""Reading the configuration anew: at SIGHUP, when its file changes, and when it was changed through ourselves.

A file with a mistake changes nothing: the settings before it go on, and log and metrics say so.
"""

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Protocol

from nvr.change import Change, adopted, change_between
from nvr.clock import utc_now
from nvr.config.file import ConfigFile
from nvr.errors import InvalidConfig
from nvr.settings import Settings
from nvr.systemd import ServiceManager

log = logging.getLogger(__name__)


class ReloadTelemetry(Protocol):
    """`exporters.metrics.Metrics`, as far as the configuration goes."""

    def configuration_used(self, time: datetime) -> None: ...
    def configuration_refused(self) -> None: ...


class Reloading:
    """Keeps a recorder at what its file says. `apply` makes a change the running one; one comes after another."""

    def __init__(
        self,
        file: ConfigFile,
        settings: Settings,
        apply: Callable[[Change, Settings], Awaitable[None]],
        *,
        telemetry: ReloadTelemetry,
        service: ServiceManager,
    ) -> None:
        self._file, self.settings, self._apply = file, settings, apply
        self._telemetry, self._service = telemetry, service
        self._asked = asyncio.Event()
        self._turn = asyncio.Lock()

    def ask(self) -> None:
        """Have it read again soon; from the event loop's thread."""
        self._asked.set()

    async def run(self) -> None:
        """Until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._notice(), name="configuration file")
            while True:
                await self._asked.wait()
                self._asked.clear()
                await self.reload()

    async def reload(self) -> None:
        """Read the file, and do what it changes; a file that cannot be used is told of."""
        async with self._turn:
            self._service.reloading()
            try:
                wanted = await asyncio.to_thread(self._file.read)
            except InvalidConfig as error:
                self._refuse(error)
            else:
                await self._use(wanted)
            finally:
                self._service.reloaded()

    async def _notice(self) -> None:
        async with contextlib.aclosing(self._file.changes()) as changes:
            async for _ in changes:
                await self.reload()

    async def _use(self, wanted: Settings) -> None:
        change = change_between(self.settings, wanted)
        log.info("the configuration was read again: %s", change.words)
        if change.postponed:
            log.warning("what changed here takes effect at the next start: %s", ", ".join(change.postponed))
        settings = adopted(self.settings, wanted)
        await self._apply(change, settings)
        self.settings = settings
        self._telemetry.configuration_used(utc_now())

    def _refuse(self, error: InvalidConfig) -> None:
        self._telemetry.configuration_refused()
        log.error("the configuration cannot be used, and the one before goes on")
        for mistake in error.mistakes:
            log.error("%s", "; ".join(line.strip() for line in str(mistake).splitlines()))
