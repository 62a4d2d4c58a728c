"""For every alert what just does not raise it, and what does."""

from dataclasses import dataclass, field

from tests.prometheus.series import Course, age, counter, level
from tests.prometheus.story import Moment, Story, alerts, seconds

HOUR = 3600.0
DAY = 24 * HOUR
WEEK = 7 * DAY

Two = tuple[float | None, float | None]
"""Just below the threshold, and above it."""


@dataclass(frozen=True, slots=True)
class Scenario:
    """Below the threshold for `calm` seconds, above it for `trouble`, and below it again.

    `rises` and `falls` are how long the windows of the alert's expression take to notice either, at most.
    """

    alert: str
    levels: dict[str, Two] = field(default_factory=dict)
    ages: dict[str, Two] = field(default_factory=dict)
    rates: dict[str, Two] = field(default_factory=dict)
    starts: dict[str, float] = field(default_factory=dict)
    calm: float = 600.0
    trouble: float = 1800.0
    rises: float = 0.0
    falls: float = 0.0
    step: int = 15

    def life(self) -> Story:
        """It fires in time, not too early, and resolves."""
        rule = alerts()[self.alert]
        wait, keep = seconds(rule.get("for", "0s")), seconds(rule.get("keep_firing_for", "0s"))
        over = self.calm + self.trouble
        moments = (
            Moment(self.calm - self.step, self.alert, fires=False),
            *((Moment(self.calm + wait - self.step, self.alert, fires=False),) if wait else ()),
            Moment(self.calm + self.rises + wait + 2 * self.step, self.alert, fires=True),
            Moment(over - self.step, self.alert, fires=True),
            Moment(over + self.falls + keep + 3 * self.step, self.alert, fires=False),
        )
        return Story(self._series(over), moments, step=self.step)

    def death(self) -> Story:
        """The recorder dies while it fires: it goes on firing until NvrDown, which inhibits it, has fired too."""
        dies = self.calm + self.trouble
        down = dies + seconds(alerts()["NvrDown"]["for"])
        moments = (
            Moment(dies - self.step, self.alert, fires=True),
            Moment(dies, self.alert, fires=True),
            Moment(down - self.step, "NvrDown", fires=False),
            Moment(down, self.alert, fires=True),
            Moment(down, "NvrDown", fires=True),
            Moment(down + 45, self.alert, fires=True),
        )
        return Story(self._series(dies * 2), moments, dies=dies, step=self.step)

    def _series(self, over: float) -> dict[str, Course]:
        def pieces(two: Two) -> tuple[tuple[float, float | None], ...]:
            return (0.0, two[0]), (self.calm, two[1]), (over, two[0])

        return (
            {name: level(*pieces(two)) for name, two in self.levels.items()}
            | {name: age(*pieces(two)) for name, two in self.ages.items()}
            | {name: counter(*pieces(two), start=self.starts.get(name, 0.0)) for name, two in self.rates.items()}
        )


DOOR = '{camera="door"}'
VOLUME = '{volume="recordings"}'
UP: dict[str, Two] = {f"nvr_camera_up{DOOR}": (1, 1)}
WANTED: dict[str, Two] = {f"nvr_recording_expected_seconds_total{DOOR}": (1, 1)}
BUDGET: dict[str, Two] = {f"nvr_storage_budget_bytes{VOLUME}": (100, 100)}
DELETED = 'nvr_retention_deleted_segments_total{reason="budget"}'
USED = f"nvr_storage_used_bytes{VOLUME}"
RESTARTS = 'nvr_ffmpeg_restarts_total{camera="door",role="recorder",reason="timestamp_jump"}'
RECORDED = f"nvr_recording_seconds_total{DOOR}"

SCENARIOS = {
    "down": Scenario("NvrDown", levels={"up": (1, 0)}),
    "processing lag": Scenario(
        "NvrProcessingLag",
        rates={
            'nvr_frame_lag_seconds_bucket{le="1.0"}': (0, 0),
            'nvr_frame_lag_seconds_bucket{le="2.0"}': (4.96, 4.9),
            'nvr_frame_lag_seconds_bucket{le="5.0"}': (5, 5),
            'nvr_frame_lag_seconds_bucket{le="+Inf"}': (5, 5),
        },
        rises=300,
        falls=300,
    ),
    "errors": Scenario(
        "NvrErrors",
        rates={'nvr_errors_total{component="retention"}': (4.7 / 900, 5.5 / 900)},
        calm=1800,
        trouble=2400,
        rises=900,
        falls=900,
    ),
    "notifications fail": Scenario(
        "NvrNotificationsFailing",
        rates={'nvr_notifications_total{channel="people/mail",outcome="failed"}': (1.8 / 900, 2.5 / 900)},
        calm=1800,
        trouble=2400,
        rises=900,
        falls=900,
    ),
    "notifications are refused": Scenario(
        "NvrNotificationsFailing",
        rates={'nvr_notifications_total{channel="people/mail",outcome="refused"}': (0, 0.01)},
        falls=900,
    ),
    "configuration": Scenario("NvrConfigReloadFailed", levels={"nvr_config_last_reload_successful": (1, 0)}),
    "offline": Scenario(
        "NvrCameraOffline",
        levels={f"nvr_camera_up{DOOR}": (1, 0), 'nvr_camera_state{camera="door",state="stopped"}': (0, 0)},
    ),
    "degraded": Scenario(
        "NvrCameraDegraded",
        levels={f"nvr_camera_expected_fps{DOOR}": (15, 15), **UP},
        rates={f"nvr_camera_frames_received_total{DOOR}": (7.6, 7.4)},
        rises=120,
        falls=120,
    ),
    "frozen": Scenario(
        "NvrCameraFrozen",
        ages={
            f"nvr_camera_last_distinct_frame_timestamp_seconds{DOOR}": (119, 121),
            f"nvr_camera_last_frame_timestamp_seconds{DOOR}": (5, 5),
        },
        rates={f"nvr_camera_frames_processed_total{DOOR}": (5, 5)},
    ),
    "clock behind": Scenario("NvrCameraClockDrift", levels={f"nvr_camera_clock_offset_seconds{DOOR}": (1.9, 2.1)}),
    "clock jumps": Scenario(
        "NvrCameraClockDrift",
        rates={RESTARTS: (0.9 / 3 / HOUR, 2 / 3 / HOUR)},
        calm=4 * HOUR,
        trouble=4 * HOUR,
        rises=3 * HOUR,
        falls=3 * HOUR,
        step=60,
    ),
    "tampered": Scenario("NvrCameraTampered", levels={'nvr_tamper{camera="door",kind="covered"}': (0, 1), **UP}),
    "motion in a zone": Scenario(
        "NvrMotion", levels={'nvr_motion_zone_alert_active{camera="door",zone="porch"}': (0, 1)}
    ),
    "unusually much motion": Scenario(
        "NvrMotionAnomaly", levels={f"nvr_motion_anomaly_score{DOOR}": (3.4, 3.6), **UP}, trouble=HOUR
    ),
    "unusually little motion": Scenario(
        "NvrMotionTooQuiet", levels={f"nvr_motion_anomaly_score{DOOR}": (-3.4, -3.6), **UP}, trouble=3 * HOUR, step=60
    ),
    "stalled": Scenario(
        "NvrRecordingStalled",
        levels={"nvr_recording_segment_target_seconds": (60, 60), **UP},
        ages={f"nvr_recording_last_segment_timestamp_seconds{DOOR}": (179, 181)},
        rates=WANTED,
    ),
    "much is missing": Scenario(
        "NvrRecordingCoverageBurn",
        rates={RECORDED: (0.971, 0.5), **WANTED},
        calm=2 * HOUR,
        rises=400,
        falls=1800,
        step=30,
    ),
    "something is missing for long": Scenario(
        "NvrRecordingCoverageBurn",
        rates={RECORDED: (0.971, 0.935), **WANTED},
        calm=6 * HOUR,
        rises=1200,
        falls=1800,
        step=60,
    ),
    "restarting": Scenario(
        "NvrFfmpegRestarting",
        rates={RESTARTS: (4.8 / 900, 5.5 / 900)},
        calm=1800,
        rises=900,
        falls=900,
    ),
    "storage low": Scenario("NvrStorageLow", levels={USED: (84.9, 85.1), **BUDGET}),
    "storage critical": Scenario("NvrStorageCritical", levels={USED: (94.9, 95.1), **BUDGET}),
    "storage filling up": Scenario(
        "NvrStorageFillingUp",
        levels={f"nvr_storage_budget_bytes{VOLUME}": (105, 100)},
        rates={USED: (20 / DAY, 20 / DAY)},
        starts={USED: 80},
        calm=HOUR,
        trouble=2 * HOUR,
        step=60,
    ),
    "not writable": Scenario("NvrStorageNotWritable", levels={f"nvr_storage_writable{VOLUME}": (1, 0)}),
    "retention short": Scenario(
        "NvrRetentionShort",
        levels={"nvr_retention_target_seconds": (WEEK, WEEK)},
        ages={"nvr_storage_oldest_segment_timestamp_seconds": (0.91 * WEEK, 0.89 * WEEK)},
        rates={DELETED: (1 / 60, 1 / 60)},
        trouble=2 * HOUR,
        step=60,
    ),
    "retention stalled": Scenario(
        "NvrRetentionStalled", ages={"nvr_retention_last_success_timestamp_seconds": (3590, 3610)}
    ),
    "sink failing": Scenario("NvrEventSinkFailing", levels={"nvr_event_sink_up": (1, 0)}),
    "queue filling": Scenario(
        "NvrEventQueueFilling",
        levels={"nvr_event_sink_queue_length": (79, 81), "nvr_event_sink_queue_capacity": (100, 100)},
    ),
    "events lost": Scenario(
        "NvrEventsLost", rates={'nvr_event_sink_dropped_rows_total{table="activity"}': (0, 0.1)}, falls=900
    ),
}
"""By what happens. The watchdog and what has no threshold are told in test_stories.py."""
