"""A soak that has been run, as the page of docs/bench that tells of it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import median

from tests.bench.report import Setting, ffmpeg_version, table
from tests.bench.sample import MB, Sample
from tests.bench.soak_plan import SEGMENT, Plan
from tests.bench.verdict import Window, complaints

ROWS_OVER_TIME = 12


@dataclass(frozen=True, slots=True)
class Soak:
    """`load` is the machine's load average over a minute, before and at the end."""

    plan: Plan
    samples: Sequence[Sample]
    window: Window
    load: tuple[float, float]

    @property
    def complaints(self) -> list[str]:
        return complaints(self.window, self.plan.limits)


def page(soak: Soak) -> list[str]:
    setting = Setting(soak.plan.command, ("numpy", "chdb-core", "uvicorn"))
    return [
        "# A recorder under load",
        "",
        *setting.lines(),
        f"{ffmpeg_version()}.",
        "",
        *circumstances(soak),
        "",
        *table(["", "measured"], figures(soak.window)),
        "",
        "**Not passed:** " + "; ".join(soak.complaints) + "." if soak.complaints else "Passed.",
        "",
        "## Over time",
        "",
        *table(["s", "memory, MB", "descriptors", "threads", "frames", "dropped", "rows waiting"], course(soak)),
    ]


def circumstances(soak: Soak) -> list[str]:
    plan, window = soak.plan, soak.window
    videos = ", ".join(f"{scene.name} {scene.width} x {scene.height} at {scene.fps}" for scene in plan.scenes)
    return [
        f"`nvr run` on {plan.cameras} synthetic RTSP cameras (H.264 in frames a second: {videos}), analysed at up"
        f" to 5 frames a second, for {plan.seconds / 60:g} minutes, in segments of {SEGMENT}. The first"
        f" {plan.warm_up_seconds:.0f} s are warm-up: figures are of the time after it. Growth is from the middle of the"
        " first third of that time to the middle of the last. CPU is of one core.",
        "",
        f"The machine's load average was {soak.load[0]:.2f} before and {soak.load[1]:.2f} at the end. Beside the"
        f" recorder the synthetic cameras took {percent(window.cpu.cameras, window.seconds)} of a core, and everything"
        f" that had nothing to do with it {percent(window.cpu.others, window.seconds)}.",
    ]


def figures(window: Window) -> list[list[str]]:
    return [*_used(window), *_kept(window)]


def _used(window: Window) -> list[list[str]]:
    last, cpu, each = window.samples[-1], window.cpu, window.seconds * window.cameras
    return [
        ["CPU of the recorder's own process, a camera", percent(cpu.nvr, each)],
        ["CPU of recording (ffmpeg), a camera", percent(cpu.recorders, each)],
        ["CPU of decoding (ffmpeg), a camera", percent(cpu.decoders, each)],
        ["CPU of all three, a camera", percent(cpu.nvr + cpu.recorders + cpu.decoders, each)],
        ["memory of the recorder's own process", f"{last.resident_bytes / MB:.0f} MB"],
        ["its growth", f"{window.growth(lambda s: s.resident_bytes) / MB:+.1f} MB"],
        ["its growth, were it to go on for an hour", f"{window.resident_bytes_per_hour / MB:+.0f} MB"],
        ["memory of ffmpeg, a camera", f"{last.children_bytes / MB / window.cameras:.0f} MB"],
        ["open descriptors, and growth", f"{last.descriptors}, {window.growth(lambda s: s.descriptors):+.0f}"],
        ["threads, and growth", f"{last.threads}, {window.growth(lambda s: s.threads):+.0f}"],
        ["the event loop's lateness, p99", f"{window.loop_lag_p99 * 1000:.0f} ms"],
    ]


def _kept(window: Window) -> list[list[str]]:
    last, each = window.samples[-1], window.seconds * window.cameras
    return [
        ["time of which there is footage", f"{window.coverage * 100:.2f} %"],
        ["time without, the worst camera's", f"{max(window.uncovered.values(), default=0.0):.1f} s"],
        ["gaps after each camera's first", f"{len(window.later_gaps())}"],
        ["frames received, a camera", f"{window.added(lambda s: s.frames_received) / each:.2f} a second"],
        ["frames analysed, a camera", f"{window.added(lambda s: s.frames_processed) / each:.2f} a second"],
        ["frames dropped, from the start", f"{last.frames_dropped:.0f}"],
        [
            "from a frame to its judgement, p50 and p99",
            f"{window.frame_lag(0.5):.2f} s, {window.frame_lag(0.99):.2f} s",
        ],
        ["wall-clock time of judging a frame, mean", f"{window.judging_seconds * 1e3:.2f} ms"],
        ["motion events", f"{window.added(lambda s: s.events):.0f}"],
        ["from motion to an event that can be asked for, p50 and worst", event_seconds(window)],
        ["rows waiting for ClickHouse, most", f"{max(sample.queue_length for sample in window.samples):.0f}"],
        ["the spool on disk, most", f"{max(sample.spool_bytes for sample in window.samples) / MB:.1f} MB"],
        ["ffmpeg restarts, errors, rows lost", f"{last.restarts:.0f}, {last.errors:.0f}, {last.rows_lost:.0f}"],
    ]


def event_seconds(window: Window) -> str:
    seconds = window.event_seconds
    return f"{median(seconds):.1f} s, {max(seconds):.1f} s" if seconds else "no events"


def course(soak: Soak) -> Iterator[list[str]]:
    for sample in soak.samples[:: max(1, len(soak.samples) // ROWS_OVER_TIME)]:
        yield [
            f"{sample.seconds:.0f}",
            f"{sample.resident_bytes / MB:.1f}",
            str(sample.descriptors),
            str(sample.threads),
            f"{sample.frames_processed:.0f}",
            f"{sample.frames_dropped:.0f}",
            f"{sample.queue_length:.0f}",
        ]


def percent(cpu_seconds: float, seconds: float) -> str:
    return f"{cpu_seconds / seconds * 100:.2f} %"
