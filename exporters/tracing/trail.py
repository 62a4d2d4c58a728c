"""Which trace an alert belongs to: that of the motion which it tells of, or one of its own."""

from collections import OrderedDict, deque
from datetime import datetime, timedelta

from exporters.tracing.span import Context
from exporters.tracing.spans import event_context
from nvr.alert import Alert
from nvr.model import MotionEvent

ALERT = "NvrMotion"
LATEST = timedelta(minutes=5)
"""How long after the end of motion an alert may be of it: it is held for a minute, and scraped, and judged."""

MOST_EVENTS, MOST_ALERTS = 16, 1000


class Trail:
    """The last events of each camera, and the traces of the last alerts. Bounded."""

    def __init__(self) -> None:
        self._events: dict[str, deque[MotionEvent]] = {}
        self._alerts: OrderedDict[str, Context] = OrderedDict()

    def moved(self, event: MotionEvent) -> None:
        """It opened, or closed."""
        events = self._events.setdefault(event.camera, deque(maxlen=MOST_EVENTS))
        if events and events[-1].id == event.id:
            events.pop()
        events.append(event)

    def cause(self, alert: Alert) -> Context | None:
        """The motion that the alert tells of."""
        if alert.name != ALERT:
            return None
        events = self._events.get(alert.camera, ())
        found = [event for event in events if event.start <= alert.start <= _latest(event, alert.start)]
        return event_context(str(found[-1].id)) if found else None

    def knows(self, alert_id: str) -> bool:
        return alert_id in self._alerts

    def note(self, alert_id: str, context: Context) -> None:
        self._alerts[alert_id] = context
        if len(self._alerts) > MOST_ALERTS:
            self._alerts.popitem(last=False)

    def of(self, alert_id: str) -> Context:
        """Of one that an earlier process told of, a trace of its own."""
        return self._alerts.get(alert_id) or Context.of("alert", alert_id)


def _latest(event: MotionEvent, now: datetime) -> datetime:
    return now if event.end is None else event.end + LATEST
