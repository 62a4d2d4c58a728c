"""The tree of errors. Each carries its data and says what to do about it; none ever carries a secret.

NvrError
├── ConfigError        a configuration file that cannot be used (exit code 2)
│   ├── InvalidConfig  all mistakes of one file together
│   └── Unchangeable   it is in order or not, but cannot be written as was asked
├── EnvironmentNotReady  what the machine lacks (exit code 1)
├── StorageError       a volume that cannot be read or written
│   ├── StorageTaken   another recorder uses it
│   ├── StorageTooNew  a newer release wrote it (exit code 2)
│   └── MountMissing   its volume is not mounted
├── MediaError         a file of footage that cannot be understood
└── DatabaseError      ClickHouse is away, locked or refuses
"""

from collections.abc import Sequence
from pathlib import Path


class NvrError(Exception):
    """Base of all errors we raise: a sentence for people, and a hint at the remedy."""

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message} ({self.hint})" if self.hint else self.message


class ConfigError(NvrError):
    """One mistake in a configuration file; `line` counts from 1 and is 0 where the file as a whole is meant."""

    def __init__(
        self, message: str, *, file: str, line: int = 0, key: str = "", value: str = "", hint: str = ""
    ) -> None:
        super().__init__(message, hint=hint)
        self.file, self.line, self.key, self.value = file, line, key, value

    def __str__(self) -> str:
        where = f"{self.file}:{self.line}" if self.line else self.file
        what = ": ".join(part for part in (self.key, self.message) if part)
        given = f", got {self.value}" if self.value else ""
        remedy = f"\n  {self.hint}" if self.hint else ""
        return f"{where}: {what}{given}{remedy}"


class InvalidConfig(ConfigError):
    """Every mistake of one configuration file, in the order of its lines."""

    def __init__(self, mistakes: Sequence[ConfigError]) -> None:
        self.mistakes = tuple(sorted(mistakes, key=lambda mistake: mistake.line))
        super().__init__("cannot be used", file=self.mistakes[0].file)

    def __str__(self) -> str:
        return "\n".join(str(mistake) for mistake in self.mistakes)


class Unchangeable(ConfigError):
    """A configuration file that cannot take a change: read-only, mistaken by now, or written in too involved a way."""


class EnvironmentNotReady(NvrError):
    """The machine lacks something the configuration needs."""


class StorageError(NvrError):
    def __init__(self, message: str, *, path: Path, hint: str = "") -> None:
        super().__init__(f"{message}: {path}", hint=hint)
        self.path = path


class StorageTaken(StorageError):
    """Another recorder uses it, for as long as it runs: one that is being replaced may still be about to end."""


class StorageTooNew(StorageError):
    """A newer release wrote it: trying again is of no use until that is mended."""


class MountMissing(StorageError):
    """The volume that footage belongs on is not mounted: nothing may be recorded onto the disk below."""


class MediaError(NvrError):
    def __init__(self, message: str, *, path: Path, hint: str = "") -> None:
        super().__init__(f"{message}: {path}", hint=hint)
        self.path = path


class DatabaseError(NvrError):
    """ClickHouse is away, its path is locked by another process, or it refuses a statement."""
