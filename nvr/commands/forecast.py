"""`nvr forecast`: when the storage fills, and how long footage stays, as things are or with other limits."""

from collections.abc import Mapping
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import typer

from nvr.clock import utc_now
from nvr.commands.amounts import age, bars, moment, size
from nvr.commands.options import DEFAULT_FILE, ConfigFile, JsonObject, print_json, print_table, settings_from
from nvr.commands.stored import storage_of
from nvr.config.retention import changed
from nvr.errors import ConfigError
from nvr.settings import Settings

DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
HOURS_A_BAR = 3
DAY_SECONDS, WEEK_SECONDS = 86_400, 7 * 86_400
_AGES = "7d, or by class: continuous=2d,motion=30d"

OtherBudget = Annotated[
    str | None, typer.Option("--budget", metavar="BUDGET", help="Another budget: 90%, 500GB or '50GB free'.")
]
Keep = Annotated[str | None, typer.Option("--keep-at-least", metavar="AGE", help=f"Another promise: {_AGES}.")]
Delete = Annotated[str | None, typer.Option("--delete-after", metavar="AGE", help=f"Another limit: {_AGES}, or never.")]


def forecast(
    config: ConfigFile = DEFAULT_FILE,
    budget: OtherBudget = None,
    keep_at_least: Keep = None,
    delete_after: Delete = None,
    json_: JsonObject = False,
) -> None:
    """Tell when clean-up begins, how old footage gets, and what each camera writes in a week.

    It is made from the last four weeks. Other limits, written as in the file, are set beside those that hold.
    """
    settings = settings_from(config)
    given = {"budget": budget, "keep_at_least": keep_at_least, "delete_after": delete_after}
    limits = {name: text for name, text in given.items() if text is not None}
    _check(settings, limits)
    with storage_of(settings) as storage:
        found = storage.forecasts(limits)
    if not json_ and not found["now"]["seen_seconds"]:
        typer.echo("nothing is known yet: a first segment has to be finished")
        return
    print_json(found) if json_ else _tell(found, settings.timezone)


def _check(settings: Settings, limits: Mapping[str, str]) -> None:
    try:
        changed(settings.storage.retention, limits)
    except ConfigError as error:
        option = error.key.replace("_", "-")
        raise typer.BadParameter(f"--{option} {error.value}: {error.message}; {error.hint}") from None


def _tell(found: Mapping[str, Any], timezone: ZoneInfo) -> None:
    columns = [("as things are", found["now"]), ("with these limits", found["changed"])]
    shown = [(name, _facts(each, timezone)) for name, each in columns if each]
    rows = [[fact, *(facts[fact] for _, facts in shown)] for fact in shown[0][1]]
    print_table(["", *(name for name, _ in shown)], rows)
    typer.echo(f"made from {age(found['now']['seen_seconds'])} of footage{_doubt(found['now']['seen_seconds'])}")
    if weeks := found["hours_of_week"]:
        typer.echo("")
        _tell_weeks(weeks, timezone)


def _facts(each: Mapping[str, Any], timezone: ZoneInfo) -> dict[str, str]:
    days = each["days_left"]
    begins = f"{moment(each['clean_up'], timezone)}, in {days:.1f} days" if days is not None else "never"
    kept = "kept" if each["keeps_promise"] else "broken"
    return {
        "written a day": size(each["bytes_a_day"]),
        "clean-up for room": "now" if days == 0 else begins,
        "footage gets": f"{age(each['reached_seconds'])} old" if each["reached_seconds"] is not None else "any age",
        "promised": f"{_by_class(each['keep_at_least_seconds'])} ({kept})",
        "deleted after": _by_class(each["delete_after_seconds"]),
    }


def _doubt(seen_seconds: float) -> str:
    """How little is known so early."""
    if seen_seconds >= WEEK_SECONDS:
        return ""
    little = seen_seconds < DAY_SECONDS
    return ": a whole day will tell more" if little else ": days that were not seen yet count as the others"


def _by_class(ages: Mapping[str, float | None]) -> str:
    continuous, motion = age(ages["continuous"]), age(ages["motion"])
    return continuous if continuous == motion else f"{continuous}, with motion {motion}"


def _tell_weeks(weeks: Mapping[str, list[float]], timezone: ZoneInfo) -> None:
    """A line a camera: each day in bars of three hours, all to one scale."""
    offset = _hours_ahead(timezone)
    local = {camera: week[-offset % 168 :] + week[: -offset % 168] for camera, week in weeks.items()}
    coarse = {camera: _coarse(week) for camera, week in local.items()}
    highest = max((max(week) for week in coarse.values()), default=0.0) or 1.0
    typer.echo(f"written by time of the week, █ is {size(highest / HOURS_A_BAR)} an hour")
    width = 24 // HOURS_A_BAR
    rows = [
        [
            camera,
            *(bars(week[day : day + width], highest) for day in range(0, 7 * width, width)),
            size(sum(week) / 7),
        ]
        for camera, week in sorted(coarse.items(), key=lambda each: -sum(each[1]))
    ]
    print_table(["camera", *DAYS, "a day"], rows)


def _hours_ahead(timezone: ZoneInfo) -> int:
    """Of UTC, now: what is half an hour beside it is told to the hour."""
    offset = utc_now().astimezone(timezone).utcoffset()
    assert offset is not None
    return round(offset.total_seconds() / 3600)


def _coarse(week: list[float]) -> list[float]:
    return [sum(week[at : at + HOURS_A_BAR]) for at in range(0, len(week), HOURS_A_BAR)]
