"""How long it takes from something moving to its event being there for whoever asks over HTTP, out of ClickHouse."""

import threading
from datetime import datetime
from types import TracebackType

import httpx

from nvr.clock import utc_now

EVERY_SECONDS = 0.5


class EventWatch:
    """Asks for the newest events in a thread of its own, while it is open."""

    def __init__(self, base_url: httpx.URL) -> None:
        self._http = httpx.Client(base_url=base_url, timeout=20.0)
        self._since = utc_now()
        self._seen: dict[str, tuple[datetime, float]] = {}
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="event watch")

    def seconds(self, since: datetime) -> list[float]:
        """Of the events that began since then."""
        return [seconds for start, seconds in list(self._seen.values()) if start >= since]

    def _watch(self) -> None:
        while not self._over.wait(EVERY_SECONDS):
            answer = self._http.get("/api/events", params={"limit": "100"})
            if answer.is_success:
                self._take([(event["id"], datetime.fromisoformat(event["start"])) for event in answer.json()["events"]])

    def _take(self, events: list[tuple[str, datetime]]) -> None:
        now = utc_now()
        for name, start in events:
            if start >= self._since and name not in self._seen:
                self._seen[name] = start, (now - start).total_seconds()

    def __enter__(self) -> "EventWatch":
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()
        self._thread.join()
        self._http.close()
