"""A segment as a row of the catalogue, and back."""

from typing import Any

from ingest.catalogue_schema import Row
from nvr.clock import from_milliseconds, milliseconds
from nvr.model import Segment

COLUMNS = "id, camera, start, duration, size, path, codec, width, height, clock_step, clock_offset"


def row_of(segment: Segment) -> Row:
    """Its values in `COLUMNS`."""
    return (
        segment.id,
        segment.camera,
        milliseconds(segment.start),
        round(segment.duration_seconds * 1000),
        segment.size_bytes,
        segment.path,
        segment.codec,
        segment.width,
        segment.height,
        segment.clock_step_seconds,
        segment.clock_offset_seconds,
    )


def segment_of(row: tuple[Any, ...]) -> Segment:
    segment_id, camera, start, duration, size, path, codec, width, height, step, offset = row
    return Segment(
        segment_id,
        camera,
        from_milliseconds(start),
        duration / 1000,
        size,
        path,
        codec,
        width,
        height,
        clock_step_seconds=step,
        clock_offset_seconds=offset,
    )
