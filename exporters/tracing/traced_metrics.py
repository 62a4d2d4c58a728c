"""Metrics that also have traces kept of what they count."""

from exporters.metrics import Metrics
from exporters.tracing.spans import event_context
from exporters.tracing.tracing import Tracing
from nvr.housekeeping import CleanupRun
from nvr.model import MotionEvent, Segment
from nvr.trace import within


class TracedMetrics(Metrics):
    """A frame costs one look into an empty dictionary more; only one that opens an event is traced."""

    def __init__(self, site: str, tracing: Tracing) -> None:
        super().__init__(site)
        self._tracing = tracing
        self._opened: dict[str, MotionEvent] = {}

    def motion_event_opened(self, event: MotionEvent) -> None:
        super().motion_event_opened(event)
        self._opened[event.camera] = event

    def frame_processed(self, camera: str, lag_seconds: float, processing_seconds: float) -> None:
        event = self._opened.pop(camera, None) if self._opened else None
        if event is None:
            super().frame_processed(camera, lag_seconds, processing_seconds)
            return
        with within(event_context(str(event.id)).trace):
            super().frame_processed(camera, lag_seconds, processing_seconds)
        self._tracing.motion_opened(event, lag_seconds, processing_seconds)

    def forget(self, camera: str) -> None:
        super().forget(camera)
        self._opened.pop(camera, None)

    def motion_event_closed(self, event: MotionEvent) -> None:
        super().motion_event_closed(event)
        self._tracing.motion_closed(event)

    def segment_recorded(self, segment: Segment) -> None:
        super().segment_recorded(segment)
        self._tracing.segment_finalised(segment)

    def cleaned_up(self, run: CleanupRun) -> None:
        super().cleaned_up(run)
        self._tracing.cleaned_up(run)
