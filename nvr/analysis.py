"""A camera's frames on their way from its queue through its analyser, and what is done with what it finds."""

import asyncio
import time
from collections.abc import Iterable

from ingest.camera import Camera
from nvr.clock import UtcClock
from nvr.model import Fact, Frame, MotionEvent
from nvr.ports import FactSink, Telemetry
from nvr.settings import CameraSettings
from processor.analyser import CameraAnalyser

SILENCE_SECONDS = 6.0
"""Without a frame for so long a camera's motion is over."""

RENEWED_SECONDS = 1.0
"""So much sooner it may be over: a deadline that is renewed with each frame costs more than what it guards."""


class Analysis:
    """One camera's. What its analyser holds back, an open event above all, is kept when no frames come any more."""

    def __init__(
        self, camera: Camera, settings: CameraSettings, *, facts: FactSink, telemetry: Telemetry, clock: UtcClock
    ) -> None:
        self._camera, self._facts, self._telemetry, self._clock = camera, facts, telemetry, clock
        self._analyser = CameraAnalyser(settings)
        self._watch_zones(settings)

    async def run(self) -> None:
        """Until cancelled."""
        try:
            while True:
                try:
                    await self._judge_all()
                except TimeoutError:
                    self._finish()
                    if not self._camera.health.connected:
                        self._camera.ring.silent(self._clock.now())
        finally:
            self._finish()

    async def _judge_all(self) -> None:
        """Raises TimeoutError when no more frames come."""
        now = asyncio.get_running_loop().time
        renewed = now()
        async with asyncio.timeout(SILENCE_SECONDS) as patience:
            while True:
                frame = await self._camera.frames.get()
                if now() - renewed > RENEWED_SECONDS:
                    renewed = now()
                    patience.reschedule(renewed + SILENCE_SECONDS)
                self._judge(frame)

    def change(self, settings: CameraSettings) -> None:
        """Judge by other settings from the next frame on; an open event ends with the last one that was judged."""
        self._finish()
        self._analyser = CameraAnalyser(settings)
        self._watch_zones(settings)

    def _judge(self, frame: Frame) -> None:
        started = time.perf_counter()
        analysis = self._analyser.analyse(frame)
        self._keep(analysis.facts)
        if tampering := self._analyser.tampering:
            self._camera.ring.tampered(frame.time)
        self._camera.ring.analysed(frame.time)
        health = self._camera.health
        if analysis.activity.scene_change is not None:
            self._telemetry.scene_changed(self._camera.name, analysis.activity.scene_change)
        health.picture = frame.picture
        if analysis.is_distinct:
            health.last_distinct_frame_time = frame.time
        health.motion_active = self._analyser.motion_active
        health.tampering = tampering
        if zones := self._analyser.zones:
            health.zones.touched(zones, self._clock.monotonic())
        lag = (self._clock.now() - frame.time).total_seconds()
        self._telemetry.frame_processed(self._camera.name, max(0.0, lag), time.perf_counter() - started)

    def _watch_zones(self, settings: CameraSettings) -> None:
        self._camera.health.zones.watch([zone.name for zone in settings.zones if zone.alert])

    def _finish(self) -> None:
        self._keep(self._analyser.finish())
        self._camera.health.motion_active = False

    def _keep(self, facts: Iterable[Fact]) -> None:
        for fact in facts:
            self._facts.put(fact)
            if isinstance(fact, MotionEvent) and fact.end is None:
                self._telemetry.motion_event_opened(fact)
            elif isinstance(fact, MotionEvent):
                self._telemetry.motion_event_closed(fact)
