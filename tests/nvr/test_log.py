"""What a line of the log looks like, for people and for programs."""

import json
import logging
import re
import subprocess
import sys

import pytest

from nvr.log import HumanFormatter, JsonFormatter
from nvr.masking import Secrets
from nvr.trace import within

TRACE = "0af7651916cd43dd8448eb211c80319c"


def record(message: str, *arguments: object, **more: object) -> logging.LogRecord:
    found = logging.LogRecord("ingest.camera", logging.WARNING, "camera.py", 1, message, arguments, None)
    found.created, found.msecs = 1795348860.123, 123.0
    vars(found).update(more)
    return found


def test_a_line_for_people() -> None:
    line = HumanFormatter().format(record("%s: recording ended", "yard"))
    assert line == "2026-11-22T12:01:00.123Z WARNING ingest.camera: yard: recording ended"


def test_a_line_for_programs_is_one_object() -> None:
    line = JsonFormatter().format(record("%s: it said\n%s", "yard", "böse", rows=7, table="gaps"))
    assert "\n" not in line
    assert json.loads(line) == {
        "time": "2026-11-22T12:01:00.123Z",
        "level": "warning",
        "logger": "ingest.camera",
        "message": "yard: it said\nböse",
        "rows": 7,
        "table": "gaps",
    }


def test_what_is_traced_says_so_in_both_forms() -> None:
    with within(TRACE):
        assert HumanFormatter().format(record("done")).endswith(f": done trace_id={TRACE}")
        assert json.loads(JsonFormatter().format(record("done")))["trace_id"] == TRACE
    assert "trace_id" not in JsonFormatter().format(record("done"))


def test_no_field_tells_a_secret() -> None:
    secrets = Secrets(["canary-5f3a"])
    found = record("canary-5f3a at rtsp://me:pass@door", where="canary-5f3a")
    try:
        raise ValueError("canary-5f3a")
    except ValueError:
        found.exc_info = sys.exc_info()
    secrets.filter(found)
    line = JsonFormatter(secrets.redact).format(found)
    assert "canary-5f3a" not in line
    assert ":pass@" not in line
    assert json.loads(line)["error"].endswith("ValueError: ***")


@pytest.mark.parametrize(("level", "heard"), [("debug", "dDiw"), ("info", "Diw"), ("warning", "w"), ("error", "")])
def test_debug_tells_more_of_ours_and_nothing_more_of_libraries(level: str, heard: str) -> None:
    script = f"""
import logging
from nvr.log import log_to_stderr
from nvr.masking import Secrets
from nvr.settings import LogSettings
log_to_stderr(Secrets([]), LogSettings("json", {level!r}))
logging.getLogger("ingest.camera").debug("d")
logging.getLogger("PIL").debug("never")
logging.getLogger("PIL").info("D")
logging.getLogger("nvr.app").info("i")
logging.getLogger("exporters.spool").warning("w")
"""
    done = subprocess.run([sys.executable, "-c", script], check=True, capture_output=True, text=True, timeout=60)
    assert "".join(re.findall(r'"message": "(\w+)"', done.stderr)) == heard
