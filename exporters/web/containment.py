"""Keeps what is served within the storage folder, whatever stands in the catalogue or was linked into the folder."""

import os
from pathlib import Path

from exporters.web.sources import Footage
from nvr.model import Segment


def contained_file(store: Footage, segment: Segment) -> Path:
    """The segment's file. Raises FileNotFoundError where a link, or the path itself, leads out of the volume.

    The volume itself may be a link. It touches the disk.
    """
    file = store.file(segment)
    root = file.parents[segment.path.count("/")]
    if ".." in file.parts or not Path(os.path.realpath(file)).is_relative_to(os.path.realpath(root)):
        raise FileNotFoundError(segment.path)
    return file
