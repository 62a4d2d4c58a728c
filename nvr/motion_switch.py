"""Motion settings while the recorder runs: told as they are, and changed through the configuration file."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping

from nvr.config.motion import written
from nvr.config.rewriting import WritableConfig
from nvr.errors import NvrError
from nvr.settings import Settings


class FileMotionSwitch:
    """`running` gives the settings in use; `reload` has the file read again, and returns when its settings are."""

    def __init__(
        self, file: WritableConfig, running: Callable[[], Settings], reload: Callable[[], Awaitable[None]]
    ) -> None:
        self._file, self._running, self._reload = file, running, reload

    def motion(self, camera: str) -> Mapping[str, float | str]:
        found = self._running().cameras.get(camera)
        if found is None:
            raise NvrError(f"{camera} comes or goes just now", hint="ask again in a second")
        return written(found.motion)

    async def change_motion(self, camera: str, given: Mapping[str, object]) -> None:
        """The file first: what could not be kept would be gone after a restart."""
        await asyncio.to_thread(self._file.change_motion, camera, given)
        await self._reload()
