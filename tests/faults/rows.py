"""The faults that the recorder must stand, one row each: how it is injected, what must follow, what may be lost."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Row:
    """A promise. `loss_seconds` is the footage that may be missing because of the fault, in words."""

    number: int
    fault: str
    injected: str
    expected: str
    loss_seconds: str


ROWS = {
    row.number: row
    for row in (
        Row(
            1,
            "camera unplugged",
            "its sockets are aborted",
            "gap `eof`",
            "2; where it stays away the outage, half as long again (30 at most) and 3",
        ),
        Row(2, "connection silent", "the camera stops sending", "gap `stalled`", "the outage + 8"),
        Row(3, "handshake drips", "one byte a second", "ended at the grace of 15 s", "the outage + 15"),
        Row(4, "video muted under live audio", "video packets are left out", "gap `stalled`", "the outage + 8"),
        Row(5, "password changed", "401", "gap `auth`, few attempts, no password anywhere", "until mended"),
        Row(
            6,
            "connection refused, name unknown",
            "a closed port, a bad host",
            "`refused`, `dns`, back-off",
            "the outage, half as long again (30 at most) and 3",
        ),
        Row(7, "corrupt pictures", "30 % of the pictures are garbled", "recording goes on", "0 of what arrived"),
        Row(8, "resolution changes", "in mid-stream", "gap `resolution`, a new run", "2"),
        Row(9, "codec changes", "H.264 to HEVC", "gap `codec`", "the restart"),
        Row(
            10,
            "timestamps jump, wrap, go negative",
            "600 s ahead and back, 5 s back",
            "`timestamp_jump`",
            "2; 4 after 5 s back",
        ),
        Row(11, "frame rate drops", "a slow source", "state `degraded`, alert", "0"),
        Row(12, "picture frozen", "one picture again and again", "alert", "0"),
        Row(13, "audio that MP4 cannot hold", "pcm_mulaw", "recorded as AAC", "0"),
        Row(14, "rare key frames", "one in 20 s", "recorded", "1"),
        Row(15, "recorder process crashes", "SIGSEGV", "gap `crash`", "1 + restart"),
        Row(16, "recorder process hangs", "SIGSTOP", "gap `stalled`", "8"),
        Row(17, "recorder process out of memory", "a SIGKILL not ours", "gap `oom`", "1 + restart"),
        Row(18, "decoder crashes or hangs", "SIGKILL, SIGSTOP", "the decoder alone is restarted", "0"),
        Row(19, "decoding too slow", "the decoder is throttled", "pictures dropped and counted", "0"),
        Row(20, "zombies", "100 crashes", "none left, no descriptor leaks", "0"),
        Row(21, "flood on standard error", "debug messages and garbage", "bounded and rate-limited", "0"),
        Row(22, "event loop blocked for 10 s", "a C call that holds the interpreter", "motion only", "0"),
        Row(23, "NVR killed", "SIGKILL", "no ffmpeg after 1 s, torn files adopted", "1 + restart"),
        Row(24, "power cut", "a snapshot of the block device", "torn files adopted", "2"),
        Row(25, "disk full", "a small tmpfs that others fill", "the oldest goes, `emergency`, no deadlock", "3"),
        Row(26, "no more files", "`nr_inodes`", "the oldest goes, no deadlock", "5"),
        Row(27, "file system turns read-only", "remounted", "gap `read_only`, resumes when mended", "the outage"),
        Row(
            28, "volume not mounted", "at the start, and taken away", "refuses, gap `mount_missing`", "the outage + 30"
        ),
        Row(29, "folder deleted while recording", "rm -rf", "gap `directory_gone`, made anew", "2 + what was deleted"),
        Row(30, "clock set, daylight saving", "libfaketime, TZ", "nothing overwritten, UTC, step on record", "0"),
        Row(31, "catalogue lost or corrupt", "deleted, truncated, garbled", "rebuilt from the files", "0"),
        Row(
            32, "ClickHouse away or slow", "stopped for minutes", "the spool grows and drains exactly once", "0 events"
        ),
        Row(33, "database locked, old schema", "a second opener", "clear error, recording goes on", "0"),
        Row(34, "crash between insert and acknowledgement", "a failpoint", "no duplicate", "0"),
        Row(
            35,
            "mail server and gateways away",
            "closed ports, the recorder killed meanwhile",
            "the outbox waits and tries again, each channel by itself",
            "0 alerts",
        ),
        Row(36, "bad configuration", "a corpus", "exit 2 with file, key or line, remedy", "-"),
        Row(37, "secrets", "a canary password", "nowhere in logs, `ps`, metrics, pages, errors, database", "-"),
        Row(38, "path traversal", "plain, encoded, symlinks", "400 or 404", "-"),
        Row(39, "ranges", "suffix, open, past the end, 10,000 of them", "RFC 9110, bounded", "-"),
        Row(40, "slow clients", "60 at once, half-sent or not reading", "closed in 10 s, others served", "0"),
        Row(41, "SQL injection, huge heatmap, forged requests", "fuzz", "4xx", "-"),
        Row(
            42,
            "SQL that reaches out of the database",
            "file, url, remote, system tables, writes, two statements",
            "refused, typed error",
            "-",
        ),
        Row(
            43,
            "disk hangs",
            "a frozen file system",
            "gap `stuck_io`, all else goes on and can be stopped",
            "the outage",
        ),
    )
}
"""By number. Those of notifications and the SQL endpoint come with the parts they prove."""
