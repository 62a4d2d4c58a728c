"""What a threshold does not tell: first increases, cameras that were stopped, recorders that come back."""

import shutil
from pathlib import Path

import pytest

from tests.prometheus.series import Course, age, counter, level, steady
from tests.prometheus.story import Moment, Story

pytestmark = pytest.mark.skipif(shutil.which("promtool") is None, reason="promtool is not installed")

HOUR = 3600.0
UP = 'nvr_camera_up{camera="door"}'
STOPPED = 'nvr_camera_state{camera="door",state="stopped"}'
SEGMENT = 'nvr_recording_last_segment_timestamp_seconds{camera="door"}'
EXPECTED = 'nvr_recording_expected_seconds_total{camera="door"}'
LOST = 'nvr_event_sink_dropped_rows_total{table="activity"}'
USED, BUDGET = 'nvr_storage_used_bytes{volume="a"}', 'nvr_storage_budget_bytes{volume="a"}'
DELETED = 'nvr_retention_deleted_segments_total{reason="budget"}'


def never(alert: str, *times: float) -> tuple[Moment, ...]:
    return tuple(Moment(time, alert, fires=False) for time in times)


def always(alert: str, *times: float) -> tuple[Moment, ...]:
    return tuple(Moment(time, alert, fires=True) for time in times)


def play(folder: Path, series: dict[str, Course], *moments: Moment, **life: float) -> None:
    Story(series, moments, **life).play(folder)  # type: ignore[arg-type]


def test_the_watchdog_fires_whatever_happens(tmp_path: Path) -> None:
    play(tmp_path, {}, *always("NvrWatchdog", 0, 300, 900), dies=300)


def test_a_camera_stays_offline_while_its_recorder_is_down_and_until_both_are_back(tmp_path: Path) -> None:
    series = {UP: level((0, 1), (300, 0), (1260, 1)), STOPPED: steady(0)}
    during = always("NvrCameraOffline", 345, 600, 660, 900, 1185, 1200, 1245, 1305)
    after = never("NvrCameraOffline", 315, 1380)
    play(tmp_path, series, *during, *after, dies=600, returns=1200)


def test_a_camera_that_was_well_is_not_called_offline_when_its_recorder_dies(tmp_path: Path) -> None:
    series = {UP: level((0, 1), (900, 0), (930, 1)), STOPPED: steady(0)}
    quiet = never("NvrCameraOffline", 300, 360, 600, 885, 945, 1200)
    play(tmp_path, series, *quiet, *always("NvrDown", 375), dies=300, returns=900)


def test_a_stopped_camera_raises_nothing_even_when_its_recorder_dies(tmp_path: Path) -> None:
    series = {UP: steady(0), STOPPED: steady(1)}
    play(tmp_path, series, *never("NvrCameraOffline", 300, 585, 660, 900, 1230), dies=600, returns=1200)


def test_a_camera_that_comes_back_has_time_for_its_first_segment(tmp_path: Path) -> None:
    series = {
        UP: level((0, 1), (600, 0), (4200, 1)),
        SEGMENT: age((0, 30), (600, 60), (600.1, 60)),
        EXPECTED: counter((0, 1)),
        "nvr_recording_segment_target_seconds": steady(60),
    }
    stuck = level((0, 570.0))
    quiet = never("NvrRecordingStalled", 4155, 4215, 4260, 4350, 4410)
    play(tmp_path, series | {SEGMENT: stuck}, *quiet, *always("NvrRecordingStalled", 4500))


def test_long_segments_are_not_overdue_before_their_time(tmp_path: Path) -> None:
    series = {
        UP: steady(1),
        SEGMENT: steady(0),
        EXPECTED: counter((0, 1)),
        "nvr_recording_segment_target_seconds": steady(1800),
    }
    play(tmp_path, series, *never("NvrRecordingStalled", 300, 1905), *always("NvrRecordingStalled", 2040))


def test_a_camera_that_is_up_and_never_had_a_segment_is_stalled(tmp_path: Path) -> None:
    series = {UP: steady(1), EXPECTED: counter((0, 1)), "nvr_recording_segment_target_seconds": steady(60)}
    play(tmp_path, series, *never("NvrRecordingStalled", 180), *always("NvrRecordingStalled", 270))


def test_a_camera_that_is_not_wanted_is_not_stalled(tmp_path: Path) -> None:
    series = {UP: steady(1), EXPECTED: steady(0), "nvr_recording_segment_target_seconds": steady(60)}
    play(tmp_path, series, *never("NvrRecordingStalled", 300, 900))


def test_frames_that_nobody_looks_at_are_not_frozen(tmp_path: Path) -> None:
    series = {
        'nvr_camera_last_distinct_frame_timestamp_seconds{camera="door"}': steady(0),
        'nvr_camera_last_frame_timestamp_seconds{camera="door"}': age((0, 1)),
        'nvr_camera_frames_processed_total{camera="door"}': steady(100),
    }
    play(tmp_path, series, *never("NvrCameraFrozen", 300, 900))


def test_a_frozen_picture_is_not_tampering_twice_over_and_an_offline_camera_is_not_tampered_with(
    tmp_path: Path,
) -> None:
    frozen, covered = 'nvr_tamper{camera="door",kind="frozen"}', 'nvr_tamper{camera="door",kind="covered"}'
    play(tmp_path, {frozen: steady(1), UP: steady(1)}, *never("NvrCameraTampered", 300, 900))
    play(tmp_path, {covered: steady(1), UP: steady(0)}, *never("NvrCameraTampered", 300, 900))


def test_a_camera_without_history_is_neither_busy_nor_quiet(tmp_path: Path) -> None:
    play(tmp_path, {UP: steady(1)}, *never("NvrMotionAnomaly", 3600), *never("NvrMotionTooQuiet", 9000), step=60)


def test_the_first_rows_lost_are_seen(tmp_path: Path) -> None:
    series = {LOST: level((0, None), (1800, 4))}
    lost = always("NvrEventsLost", 1815, 2400)
    play(tmp_path, series, *never("NvrEventsLost", 1785, 2940), *lost)


def test_rows_that_a_new_recorder_loses_are_seen(tmp_path: Path) -> None:
    play(tmp_path, {LOST: level((0, None), (60, 4))}, *always("NvrEventsLost", 75))


def test_what_was_lost_before_prometheus_began_is_no_news(tmp_path: Path) -> None:
    series = {LOST: steady(400), "process_start_time_seconds": steady(-86400)}
    play(tmp_path, series, *never("NvrEventsLost", 15, 300, 900, 1800))


def test_a_channel_that_took_it_in_the_end_is_well(tmp_path: Path) -> None:
    tried = 'nvr_notifications_total{{channel="people/mail",outcome="{}"}}'
    series = {tried.format("failed"): level((0, 0), (900, 8)), tried.format("delivered"): level((0, 0), (945, 1))}
    play(tmp_path, series, *never("NvrNotificationsFailing", 960, 1215, 1500, 1800))


def test_notifications_that_did_not_fit_are_seen_from_the_first_on(tmp_path: Path) -> None:
    series = {'nvr_notifications_total{channel="",outcome="dropped"}': level((0, None), (1800, 3))}
    play(tmp_path, series, *never("NvrNotificationsFailing", 2085), *always("NvrNotificationsFailing", 2130))


@pytest.mark.parametrize(("restarts", "fires"), [(5, False), (6, True)])
def test_the_first_restart_of_each_reason_counts(tmp_path: Path, restarts: int, fires: bool) -> None:
    names = [f'nvr_ffmpeg_restarts_total{{camera="door",role="recorder",reason="{n}"}}' for n in range(restarts)]
    series = {name: level((0, None), (1800, 1)) for name in names}
    play(tmp_path, series, Moment(1830, "NvrFfmpegRestarting", fires))


def test_a_volume_that_deletes_at_its_budget_raises_nothing(tmp_path: Path) -> None:
    series = {USED: steady(100.5), BUDGET: steady(100), DELETED: counter((0, 1 / 60))}
    for alert in ("NvrStorageLow", "NvrStorageCritical", "NvrStorageFillingUp"):
        play(tmp_path, series, *never(alert, 900, 2 * HOUR))


def test_a_volume_whose_clean_up_does_not_reach_its_target_is_low(tmp_path: Path) -> None:
    series = {USED: steady(90), BUDGET: steady(100), DELETED: counter((0, 1 / 60))}
    play(tmp_path, series, *always("NvrStorageLow", 900), *never("NvrStorageCritical", 900))


@pytest.mark.parametrize("used", [91, 40])
def test_footage_that_goes_in_need_is_critical_from_the_first_on(tmp_path: Path, used: int) -> None:
    """Also where the budget is far from used up: a quota, or the number of files."""
    series = {
        USED: steady(used),
        BUDGET: steady(100),
        DELETED.replace("budget", "emergency"): level((0, None), (1800, 9)),
    }
    critical = "NvrStorageCritical"
    play(tmp_path, series, *never(critical, 1785, 3000), *always(critical, 1905, 2600))


def test_a_volume_that_fills_and_is_cleaned_up_every_day_is_not_filling_up(tmp_path: Path) -> None:
    """Clean-up every six hours, from 85 % to 75 %."""
    rising = counter((0, 10 / 6 / HOUR), start=75)
    deleted = counter((0, 0), (3 * HOUR, 1), (3.2 * HOUR, 0))
    series = {BUDGET: steady(100), USED: rising, DELETED: deleted}
    play(tmp_path, series, *never("NvrStorageFillingUp", 5 * HOUR), *always("NvrStorageFillingUp", 2.5 * HOUR), step=60)


def test_a_volume_that_exceeds_its_budget_is_critical_though_it_deletes(tmp_path: Path) -> None:
    series = {USED: steady(106), BUDGET: steady(100), DELETED: counter((0, 1 / 60))}
    play(tmp_path, series, *always("NvrStorageCritical", 900))


def test_a_full_volume_is_well_again_when_retention_has_begun(tmp_path: Path) -> None:
    deleted = counter((0, None), (900, 0), (1500, 1 / 60))
    series = {USED: level((0, 80), (900, 98)), BUDGET: steady(100), DELETED: deleted}
    fires = always("NvrStorageCritical", 990, 1485)
    play(tmp_path, series, *never("NvrStorageCritical", 885, 1710), *fires)


def test_a_young_site_is_not_short_of_footage(tmp_path: Path) -> None:
    series = {
        "nvr_storage_oldest_segment_timestamp_seconds": steady(0),
        "nvr_retention_target_seconds": steady(7 * 86400),
    }
    play(tmp_path, series, *never("NvrRetentionShort", 2 * HOUR), step=60)


def test_retention_that_never_ran_is_stalled_an_hour_after_the_start(tmp_path: Path) -> None:
    play(tmp_path, {}, *never("NvrRetentionStalled", 3840), *always("NvrRetentionStalled", 3960))


def test_the_first_seconds_of_a_recorder_burn_nothing(tmp_path: Path) -> None:
    series = {EXPECTED: counter((0, 1)), 'nvr_recording_seconds_total{camera="door"}': counter((0, 0), (20, 1))}
    play(tmp_path, series, *never("NvrRecordingCoverageBurn", 60, 180, 300, 600, 1200))
