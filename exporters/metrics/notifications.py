"""The metrics of notifications: what was tried, what became of it, and what Alertmanager was answered."""

from exporters.metrics.instruments import Instruments, exemplar

DURATION_BUCKETS = (0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)
OUTCOMES = ("delivered", "failed", "refused")


class NotificationMetrics:
    def __init__(self, instruments: Instruments) -> None:
        self._site = instruments.site
        self._tried = instruments.counter(
            "notifications_total", "Attempts to tell a channel of alerts.", "channel", "outcome"
        )
        self._durations = instruments.histogram(
            "notification_duration_seconds", "How long an attempt took.", DURATION_BUCKETS, "channel"
        )
        self._webhooks = instruments.counter("alert_webhooks_total", "Alertmanager's requests, by our answer.", "code")
        self._webhooks.labels(self._site, "200")

    def add(self, channel: str) -> None:
        """Start its counters at 0, so that their first increase is one that `rate` sees."""
        for outcome in OUTCOMES:
            self._tried.labels(self._site, channel, outcome)

    def tried(self, channel: str, outcome: str, seconds: float) -> None:
        self._tried.labels(self._site, channel, outcome).inc()
        self._durations.labels(self._site, channel).observe(seconds, exemplar())

    def dropped(self, count: int) -> None:
        """Of all channels together: the outbox was full."""
        self._tried.labels(self._site, "", "dropped").inc(count)

    def answered(self, code: int) -> None:
        self._webhooks.labels(self._site, str(code)).inc()
