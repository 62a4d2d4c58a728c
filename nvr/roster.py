"""The roster: the cameras that run, and how a new set of settings becomes the running one.

Each camera has its own tasks, so that one comes, goes or is begun anew without the others noticing.
"""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Callable, KeysView, Mapping

from ingest.camera import Camera
from ingest.gaps import Arrival
from ingest.surroundings import Surroundings
from nvr.analysis import Analysis
from nvr.change import Change
from nvr.disk import DiskThread
from nvr.errors import StorageError
from nvr.model import CameraStatus
from nvr.settings import CameraSettings
from nvr.supervise import Backoff, cancelled

log = logging.getLogger(__name__)


class Post:
    """One camera, and the tasks that record and analyse it once it is taken up. Making one touches the disk."""

    def __init__(self, settings: CameraSettings, around: Surroundings, arrival: Arrival = Arrival.START) -> None:
        self.camera = Camera(settings, around, arrival)
        self._analysis = Analysis(
            self.camera, settings, facts=self.camera.ring, telemetry=around.telemetry, clock=around.clock
        )
        self.tasks: tuple[asyncio.Task[None], ...] = ()
        self.is_leaving = False

    @property
    def ended(self) -> list[str]:
        """Its tasks that have ended unasked."""
        return [] if self.is_leaving else [task.get_name() for task in self.tasks if task.done()]

    def take_up(self, tasks: asyncio.TaskGroup) -> None:
        name = self.camera.name
        self.tasks = (
            tasks.create_task(self.camera.run(), name=f"{name} ingest"),
            tasks.create_task(self._analysis.run(), name=f"{name} analysis"),
        )

    async def leave(self) -> None:
        """Finish the open segment, then judge what came of it and close an open event."""
        self.is_leaving = True
        for task in self.tasks:
            await cancelled(task)

    def reschedule(self, settings: CameraSettings) -> None:
        """Record it at other times, or in other modes."""
        self.camera.change(settings)

    def change(self, settings: CameraSettings) -> None:
        """Judge its pictures otherwise; recording goes on."""
        self.camera.change(settings)
        self._analysis.change(settings)


class Roster:
    """Made, it has a post for each camera; `at_work` has them recorded. `named` and `forgotten` hear of each camera."""

    def __init__(
        self,
        cameras: Mapping[str, CameraSettings],
        around: Surroundings,
        *,
        named: Callable[[str], None],
        forgotten: Callable[[str], None],
    ) -> None:
        self._around, self._named, self._forgotten = around, named, forgotten
        self._posts = {name: Post(settings, around) for name, settings in cameras.items()}
        self._disk = DiskThread("roster")
        self._tasks: asyncio.TaskGroup | None = None

    @property
    def names(self) -> KeysView[str]:
        """A live view."""
        return self._posts.keys()

    def statuses(self) -> list[CameraStatus]:
        return [post.camera.status() for post in self._posts.values()]

    def waiting(self) -> tuple[str, ...]:
        """Those whose torn files are still to be adopted."""
        return tuple(name for name, post in self._posts.items() if not post.camera.in_order)

    def ended(self) -> tuple[str, ...]:
        """The tasks that have ended, which none may."""
        return tuple(task for post in self._posts.values() for task in post.ended)

    @property
    def is_at_work(self) -> bool:
        return self._tasks is not None

    @contextlib.asynccontextmanager
    async def at_work(self, tasks: asyncio.TaskGroup) -> AsyncIterator[None]:
        """Recorded and analysed by `tasks`; at exit the open segments are finished."""
        self._tasks = tasks
        for name in self._posts:
            self._begin(name)
        try:
            yield
        finally:
            await cancelled(*(task for post in self._posts.values() for task in post.tasks))
            self._disk.close()

    async def apply(self, change: Change, cameras: Mapping[str, CameraSettings]) -> None:
        """Make these the running cameras. Those that the change does not name are not touched."""
        for name in change.rescheduled:
            self._posts[name].reschedule(cameras[name])
        for name in change.reanalysed:
            self._posts[name].change(cameras[name])
        async with asyncio.TaskGroup() as doing:
            for name in change.removed:
                doing.create_task(self._remove(name))
            for name in change.restarted:
                doing.create_task(self._restart(cameras[name]))
            for name in change.added:
                doing.create_task(self._enter(cameras[name], Arrival.ADDED))
        self._posts.update({name: self._posts.pop(name) for name in cameras})  # in their order

    async def _remove(self, name: str) -> None:
        await self._posts[name].leave()
        del self._posts[name]
        self._forgotten(name)

    async def _restart(self, settings: CameraSettings) -> None:
        await self._posts[settings.name].leave()
        await self._enter(settings, Arrival.CHANGED)

    async def _enter(self, settings: CameraSettings, arrival: Arrival) -> None:
        self._posts[settings.name] = await self._made(settings, arrival)
        self._begin(settings.name)

    async def _made(self, settings: CameraSettings, arrival: Arrival) -> Post:
        """A disk that hangs or refuses keeps this camera waiting, and none of the others."""
        backoff, level = Backoff(), logging.ERROR
        while True:
            try:
                return await self._disk.do(Post, settings, self._around, arrival)
            except (StorageError, OSError) as error:
                log.log(level, "%s cannot be recorded yet: %s", settings.name, error)
                level = logging.DEBUG
            await asyncio.sleep(backoff.next_seconds())

    def _begin(self, name: str) -> None:
        assert self._tasks is not None
        self._named(name)
        self._posts[name].take_up(self._tasks)
