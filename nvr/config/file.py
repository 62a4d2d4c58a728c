"""The configuration's file while the recorder runs: read anew, and watched together with the secrets it names."""

import asyncio
import contextlib
import hashlib
import logging
from collections.abc import AsyncGenerator, Callable, Mapping
from pathlib import Path
from typing import Any

from watchfiles import Change, awatch

from nvr.config.document import read
from nvr.config.loading import load
from nvr.config.references import SECRETS
from nvr.errors import ConfigError
from nvr.masking import secrets_of
from nvr.settings import Settings

log = logging.getLogger(__name__)

QUIET_MILLISECONDS = 300
"""A file is read when nothing was written to it for so long."""

MISSING_SECONDS = 1.0
"""How long a file may be away: some editors move it aside before they write the new one."""

LOOK_MILLISECONDS = 5000
"""The files are looked at so often even where no change is told of, as on file systems of other machines."""

KUBERNETES_LINK = "..data"
"""What changes where the file comes from a ConfigMap or a Secret: a link to the folder that holds it."""

Contents = Mapping[Path, bytes | None]
"""A digest of each file, None where it cannot be read."""


class ConfigFile:
    """`learn` is given the secrets of what was read before anybody else sees it. Methods touch the disk."""

    def __init__(
        self, path: Path, environ: Mapping[str, str], learn: Callable[[frozenset[str]], None] = lambda _: None
    ) -> None:
        self.path, self._environ, self._learn = path, dict(environ), learn
        self._seen: Contents = {self.path: None}

    def read(self) -> Settings:
        """Raises InvalidConfig, which holds every mistake."""
        files = self._files()
        self._seen = {file: _digest(file) for file in files}
        return self.look()

    def look(self) -> Settings:
        """As `read`, by somebody who does not follow the file: its changes are still to be told of."""
        settings = load(self.path, self._environ)
        self._learn(secrets_of(settings))
        return settings

    async def changes(self) -> AsyncGenerator[None, None]:
        """Each time that there is something else to be read, until cancelled."""
        while True:
            folders = await asyncio.to_thread(self._folders)
            async with contextlib.aclosing(_stirrings(folders)) as stirrings:
                async for _ in stirrings:
                    if await self._has_changed():
                        yield
                    if await asyncio.to_thread(self._folders) != folders:
                        break

    async def _has_changed(self) -> bool:
        contents = await asyncio.to_thread(self._contents)
        if contents[self.path] is None:
            await asyncio.sleep(MISSING_SECONDS)
            contents = await asyncio.to_thread(self._contents)
        return contents != self._seen

    def _contents(self) -> Contents:
        return {file: _digest(file) for file in self._seen}

    def _folders(self) -> dict[Path, set[str]]:
        """The folders to be watched, and the names that matter in each: also where a link leads."""
        found: dict[Path, set[str]] = {}
        for place in {place for file in self._seen for place in (file.absolute(), file.resolve())}:
            if place.parent.is_dir():
                found.setdefault(place.parent, {KUBERNETES_LINK}).add(place.name)
        return found

    def _files(self) -> set[Path]:
        try:
            data = read(self.path).data
        except ConfigError:
            return {self.path, *self._seen}
        return {self.path, *(self.path.parent / name for name in _secret_files(data))}


async def _stirrings(folders: Mapping[Path, set[str]]) -> AsyncGenerator[None, None]:
    """At once, when one of these names was written, made, moved or removed, and every few seconds."""

    def concerns(_: Change, path: str) -> bool:
        return Path(path).name in folders.get(Path(path).parent, ())

    yield
    changes = awatch(
        *folders,
        watch_filter=concerns,
        step=QUIET_MILLISECONDS,
        rust_timeout=LOOK_MILLISECONDS,
        yield_on_timeout=True,
        recursive=False,
    )
    try:
        async with contextlib.aclosing(changes):
            async for _ in changes:
                yield
    except OSError as error:  # no more watches are to be had, or a folder went just now
        log.debug("the folders of the configuration are not watched: %s", error)
        await asyncio.sleep(LOOK_MILLISECONDS / 1000)


def _secret_files(data: Any) -> set[str]:
    """The names that stand behind `record_file` and its like, wherever they are."""
    if isinstance(data, list):
        return {name for each in data for name in _secret_files(each)}
    if not isinstance(data, dict):
        return set()
    named = {data[key] for key in (f"{secret}_file" for secret in SECRETS) if isinstance(data.get(key), str)}
    return named | {name for each in data.values() for name in _secret_files(each)}


def _digest(file: Path) -> bytes | None:
    try:
        return hashlib.sha256(file.read_bytes()).digest()
    except OSError:
        return None
