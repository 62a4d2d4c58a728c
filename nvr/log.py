"""The log on standard error: a line for each record, for people or as JSON, without secrets and with the trace's id."""

import json
import logging
import sys
import threading
import time
from collections.abc import Callable
from types import TracebackType
from typing import Any

from nvr.clock import from_timestamp
from nvr.masking import Secrets
from nvr.model import isoformat
from nvr.settings import LogSettings
from nvr.trace import active_trace

log = logging.getLogger(__name__)

OURS = ("nvr", "ingest", "processor", "exporters")
_QUIETER = {
    "uvicorn.error": logging.WARNING,
    "watchfiles": logging.WARNING,
    # They tell each attempt of an outage, we the first.
    "urllib3.connectionpool": logging.ERROR,
    "clickhouse_connect": logging.ERROR,
}
_USUAL = frozenset({*vars(logging.makeLogRecord({})), "message", "asctime"})


class HumanFormatter(logging.Formatter):
    """Time, level, logger, message; and the trace's id at the end, where something is traced."""

    converter = staticmethod(time.gmtime)

    def __init__(self) -> None:
        super().__init__("%(asctime)s.%(msecs)03dZ %(levelname)-7s %(name)s: %(message)s", "%Y-%m-%dT%H:%M:%S")

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802  the library's name
        text, trace = super().formatMessage(record), active_trace()
        return f"{text} trace_id={trace}" if trace else text


class JsonFormatter(logging.Formatter):
    """One JSON object a line; the fields are in docs/observability.md."""

    def __init__(self, redact: Callable[[str], str] = str) -> None:
        super().__init__()
        self._redact = redact

    def format(self, record: logging.LogRecord) -> str:
        fields: dict[str, Any] = {
            "time": isoformat(from_timestamp(record.created)),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        if trace := active_trace():
            fields["trace_id"] = trace
        if record.exc_info or record.exc_text:
            fields["error"] = record.exc_text or self.formatException(record.exc_info or (None, None, None))
        more = {key: self._plain(value) for key, value in vars(record).items() if key not in _USUAL}
        return json.dumps(more | fields, ensure_ascii=False)

    def _plain(self, value: object) -> object:
        return value if isinstance(value, int | float) else self._redact(str(value))


def log_to_stderr(secrets: Secrets, settings: LogSettings) -> None:
    """What this process says goes through the log, and so through `secrets`: Python's own tracebacks too."""
    handler = logging.StreamHandler()
    handler.setFormatter(JsonFormatter(secrets.redact) if settings.format == "json" else HumanFormatter())
    handler.addFilter(secrets)
    level = logging.getLevelNamesMapping()[settings.level.upper()]
    # Of libraries nobody wants to hear more than what they tell of themselves.
    logging.basicConfig(level=max(level, logging.INFO), handlers=[handler], force=True)
    for name in OURS:
        logging.getLogger(name).setLevel(level)
    for name, least in _QUIETER.items():
        logging.getLogger(name).setLevel(max(level, least))
    logging.captureWarnings(True)
    sys.excepthook = _log_bug
    threading.excepthook = lambda raised: _log_bug(raised.exc_type, raised.exc_value, raised.exc_traceback)
    sys.unraisablehook = lambda raised: _log_bug(raised.exc_type, raised.exc_value, raised.exc_traceback)


def _log_bug(kind: type[BaseException], error: BaseException | None, trace: TracebackType | None) -> None:
    log.critical("a bug, please report it", exc_info=(kind, error or kind(), trace))
