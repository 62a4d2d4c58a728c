"""All finished segments of a volume as arrays: what retention decides on, and what is told of it."""

import dataclasses
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any

import numpy as np
import numpy.typing as npt

from nvr.clock import from_timestamp
from nvr.housekeeping import AgeBand, CameraHoldings, CleanupStep
from nvr.model import Segment

Mask = npt.NDArray[np.bool_]
Row = tuple[object, ...]

AGES_SECONDS = (0.0, 3600.0, 86_400.0, 7 * 86_400.0, 30 * 86_400.0, 90 * 86_400.0, 365 * 86_400.0)
"""The ages by which footage is counted."""

PART = 20_000
"""So many rows are turned into arrays at a time."""


@dataclass(frozen=True, slots=True)
class Holdings:
    """`n` segments in any order; `camera` counts through `cameras`, times are milliseconds since the epoch."""

    cameras: tuple[str, ...]
    row: npt.NDArray[np.int64]
    camera: npt.NDArray[np.int32]
    start_milliseconds: npt.NDArray[np.int64]
    end_milliseconds: npt.NDArray[np.int64]
    size_bytes: npt.NDArray[np.int64]
    motion: Mask
    protected: Mask
    importance: npt.NDArray[np.float32]

    def __len__(self) -> int:
        return len(self.row)

    @classmethod
    def of(cls, rows: Iterable[Row]) -> "Holdings":
        """From rows of number, camera, start, duration, size, motion, protected and importance.

        A part of the rows becomes arrays at a time: a million rows of Python's objects take hundreds of MB.
        """
        number: dict[str, int] = {}
        parts, left = [_columns([], number)], iter(rows)
        while part := list(islice(left, PART)):
            parts.append(_columns(part, number))
        row, camera, start, duration, size, motion, protected, importance = map(
            np.concatenate, zip(*parts, strict=True)
        )
        return cls(
            cameras=tuple(number),
            row=row,
            camera=camera.astype(np.int32),
            start_milliseconds=start,
            end_milliseconds=start + duration,
            size_bytes=size,
            motion=motion != 0,
            protected=protected != 0,
            importance=importance.astype(np.float32),
        )

    def without(self, rows: Collection[int]) -> "Holdings":
        """All but some."""
        kept = ~np.isin(self.row, np.fromiter(rows, dtype=np.int64, count=len(rows)))
        fields = {
            field.name: getattr(self, field.name) for field in dataclasses.fields(self) if field.name != "cameras"
        }
        return Holdings(self.cameras, **{name: values[kept] for name, values in fields.items()})

    def is_segment(self, index: int, segment: Segment) -> bool:
        """Whether this is the segment at that index."""
        same_camera = self.cameras[self.camera[index]] == segment.camera
        return same_camera and abs(int(self.start_milliseconds[index]) - segment.start.timestamp() * 1000) < 1

    def step(self, policy: str, indices: npt.NDArray[np.intp]) -> CleanupStep:
        """Some of the segments, at least one, as they are told of."""
        sizes = np.bincount(self.camera[indices], self.size_bytes[indices], len(self.cameras))
        return CleanupStep(
            policy=policy,
            segments=len(indices),
            size_bytes=int(self.size_bytes[indices].sum()),
            oldest=_time(self.start_milliseconds[indices].min()),
            newest=_time(self.end_milliseconds[indices].max()),
            camera_bytes={name: int(size) for name, size in zip(self.cameras, sizes, strict=True) if size},
        )

    def of_camera(self, camera: str | None) -> Mask:
        """Which segments are a camera's, or all `(n,)`."""
        if camera is None:
            return np.ones(len(self), dtype=bool)
        return np.isin(self.camera, [index for index, name in enumerate(self.cameras) if name == camera])

    def by_age(self, now: datetime, of: Mask | None = None) -> tuple[AgeBand, ...]:
        """Of all the segments, or of some."""
        chosen = np.ones(len(self), dtype=bool) if of is None else of
        ages, sizes = now.timestamp() - self.end_milliseconds[chosen] / 1000, self.size_bytes[chosen]
        bands = ((age, ages >= age) for age in AGES_SECONDS)
        return tuple(AgeBand(age, int(old.sum()), int(sizes[old].sum())) for age, old in bands)

    def by_camera(self) -> tuple[CameraHoldings, ...]:
        """Largest first."""
        held = {int(index) for index in np.unique(self.camera)}
        found = (self._of_camera(index, name) for index, name in enumerate(self.cameras) if index in held)
        return tuple(sorted(found, key=lambda each: (-each.size_bytes, each.camera)))

    def _of_camera(self, index: int, name: str) -> CameraHoldings:
        own = self.camera == index
        return CameraHoldings(
            camera=name,
            segments=int(own.sum()),
            size_bytes=int(self.size_bytes[own].sum()),
            motion_bytes=int(self.size_bytes[own & self.motion].sum()),
            protected_bytes=int(self.size_bytes[own & self.protected].sum()),
            oldest=_time(self.start_milliseconds[own].min()),
            newest=_time(self.end_milliseconds[own].max()),
        )


def _columns(rows: list[Row], number: dict[str, int]) -> list[npt.NDArray[Any]]:
    """Eight arrays; cameras are numbered as they come."""
    columns: list[Any] = list(zip(*rows, strict=True)) or [()] * 8
    columns[1] = [number.setdefault(camera, len(number)) for camera in columns[1]]
    kinds = [np.int64] * 7 + [np.float64]
    return [np.array(column, dtype=kind) for column, kind in zip(columns, kinds, strict=True)]


def _time(milliseconds: np.int64) -> datetime:
    return from_timestamp(int(milliseconds) / 1000)
