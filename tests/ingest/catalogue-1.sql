-- A catalogue as release 0.1 wrote it: two segments and a gap.
PRAGMA journal_mode = WAL;
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
INSERT INTO segments VALUES ('yard-20261122T120000.000Z', 'yard', 1795348800000, 10000, 100, 'yard/0.mp4', 'h264', 320, 180, 'o0', 0, 0);
INSERT INTO segments VALUES ('yard-20261122T120010.000Z', 'yard', 1795348810000, 10000, 250, 'yard/10.mp4', 'h264', 320, 180, 'o10', 0, 0);
INSERT INTO gaps VALUES ('yard', 1795348820000, 1795348830000, 'eof');
PRAGMA user_version = 1;
