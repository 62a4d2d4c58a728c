"""A catalogue of a simulated year: 16 cameras in segments of a minute, and their gaps."""

import sqlite3
from contextlib import closing
from pathlib import Path

from ingest.catalogue import Catalogue
from tests.bench.year_data import CAMERAS, Size

_MINUTES = f"""WITH RECURSIVE minute (n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM minute WHERE n + 1 < :minutes),
camera (k) AS (SELECT 0 UNION ALL SELECT k + 1 FROM camera WHERE k + 1 < {CAMERAS}),
row AS (SELECT printf('camera-%02d', k) AS camera, :start + n * 60000 AS start, n FROM minute, camera)"""

_SEGMENTS = f"""{_MINUTES}
INSERT INTO segments (id, camera, start, duration, size, path, codec, width, height, origin)
SELECT camera || '-' || start, camera, start, 60000, 7500000 + start % 1000, camera || '/' || start || '.mp4', 'h264',
1920, 1080, camera || '-run-' || start FROM row"""

_GAPS = f"""{_MINUTES}
INSERT INTO gaps SELECT camera, start, start + 20000, 'stalled' FROM row WHERE n % 720 = 700"""


def catalogue_of(path: Path, size: Size) -> Catalogue:
    """An open catalogue with 2 gaps a camera and day. What is measured begins after it was opened again."""
    Catalogue(path).close()
    with closing(sqlite3.connect(path)) as database, database:
        values = {"start": int(size.start.timestamp() * 1000), "minutes": size.days * 1440}
        database.execute("PRAGMA synchronous = OFF")
        database.execute("PRAGMA cache_size = -500000")
        database.execute(_SEGMENTS, values)
        database.execute(_GAPS, values)
    return Catalogue(path)
