"""The tables of a catalogue, and the steps by which an older one gets this form."""

Row = tuple[object, ...]

_FIRST = """
CREATE TABLE segments (
    id TEXT PRIMARY KEY, camera TEXT NOT NULL, start INTEGER NOT NULL, duration INTEGER NOT NULL,
    size INTEGER NOT NULL, path TEXT NOT NULL UNIQUE, codec TEXT NOT NULL, width INTEGER NOT NULL,
    height INTEGER NOT NULL, origin TEXT NOT NULL, motion INTEGER NOT NULL DEFAULT 0,
    protected INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX segments_by_time ON segments (camera, start);
CREATE INDEX segments_by_age ON segments (start);
CREATE INDEX segments_by_origin ON segments (origin);
CREATE TABLE gaps (
    camera TEXT NOT NULL, start INTEGER NOT NULL, "end" INTEGER, cause TEXT NOT NULL, PRIMARY KEY (camera, start)
) STRICT;
CREATE TABLE tombstones (
    segment TEXT PRIMARY KEY, camera TEXT NOT NULL, start INTEGER NOT NULL, duration INTEGER NOT NULL,
    size INTEGER NOT NULL, deleted INTEGER NOT NULL, policy TEXT NOT NULL
) STRICT;
"""
_SECOND = """
ALTER TABLE segments ADD COLUMN clock_step REAL NOT NULL DEFAULT 0;
ALTER TABLE segments ADD COLUMN clock_offset REAL NOT NULL DEFAULT 0;
CREATE TABLE totals (camera TEXT PRIMARY KEY, size INTEGER NOT NULL) STRICT;
INSERT INTO totals SELECT camera, sum(size) FROM segments GROUP BY camera;
CREATE TRIGGER segment_came AFTER INSERT ON segments BEGIN
    INSERT INTO totals VALUES (new.camera, new.size) ON CONFLICT (camera) DO UPDATE SET size = size + excluded.size;
END;
CREATE TRIGGER segment_went AFTER DELETE ON segments BEGIN
    UPDATE totals SET size = size - old.size WHERE camera = old.camera;
END;
"""
_THIRD = """
ALTER TABLE segments ADD COLUMN importance REAL NOT NULL DEFAULT 0;
CREATE TABLE protections (
    id TEXT PRIMARY KEY, camera TEXT NOT NULL, start INTEGER NOT NULL, "end" INTEGER NOT NULL, reason TEXT NOT NULL,
    created INTEGER NOT NULL
) STRICT;
"""
_FOURTH = """
CREATE INDEX protections_by_camera ON protections (camera, start);
CREATE TRIGGER segment_came_protected AFTER INSERT ON segments WHEN EXISTS (
    SELECT 1 FROM protections
    WHERE camera = new.camera AND start < new.start + new.duration AND "end" > new.start
) BEGIN
    UPDATE segments SET protected = 1 WHERE id = new.id;
END;
CREATE TRIGGER protection_came AFTER INSERT ON protections BEGIN
    UPDATE segments SET protected = 1
    WHERE camera = new.camera AND start > new.start - 7200000 AND start < new."end" AND start + duration > new.start;
END;
CREATE TRIGGER protection_went AFTER DELETE ON protections BEGIN
    UPDATE segments SET protected = EXISTS (
        SELECT 1 FROM protections p
        WHERE p.camera = segments.camera AND p.start < segments.start + segments.duration AND p."end" > segments.start
    )
    WHERE camera = old.camera AND start > old.start - 7200000 AND start < old."end" AND start + duration > old.start;
END;
"""
# Of one camera's events the one that begins last before a segment's end is also the one that ends last, but for a clock
# that was set: a few of them tell whether any reaches into it, however many there were before.
_FIFTH = """
CREATE TABLE motion (id TEXT PRIMARY KEY, camera TEXT NOT NULL, start INTEGER NOT NULL, "end" INTEGER) STRICT;
CREATE INDEX motion_by_camera ON motion (camera, start);
CREATE INDEX tombstones_by_camera ON tombstones (camera, start);
CREATE TRIGGER segment_came_moving AFTER INSERT ON segments WHEN (
    SELECT max(last) FROM (
        SELECT coalesce("end", 1 << 62) AS last FROM motion
        WHERE camera = new.camera AND start < new.start + new.duration ORDER BY start DESC LIMIT 8
    )
) > new.start BEGIN
    UPDATE segments SET motion = 1 WHERE id = new.id;
END;
CREATE TRIGGER motion_began AFTER INSERT ON motion BEGIN
    UPDATE segments SET motion = 1
    WHERE camera = new.camera AND start > new.start - 7200000 AND start < coalesce(new."end", 1 << 62)
    AND start + duration > new.start;
END;
CREATE TRIGGER motion_ended AFTER UPDATE ON motion BEGIN
    UPDATE segments SET motion = 1
    WHERE camera = new.camera AND start > new.start - 7200000 AND start < coalesce(new."end", 1 << 62)
    AND start + duration > new.start;
END;
"""
MIGRATIONS = (_FIRST, _SECOND, _THIRD, _FOURTH, _FIFTH)
"""Step n leads from version n to version n + 1. Never change one that was released: add the next."""

VERSION = len(MIGRATIONS)
