"""The volume: what lies on it, what a clean-up would take and why, the clean-up itself, and when it will be full."""

import asyncio
from dataclasses import asdict
from math import isfinite
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from exporters.web.cameras import time_json
from exporters.web.errors import RequestError, shown
from exporters.web.health import FRESH
from exporters.web.parameters import CACHE_BUSTER, only, optional_camera
from exporters.web.sources import Housekeeping, sources_of
from nvr.errors import ConfigError
from nvr.housekeeping import CameraHoldings, CleanupRun, CleanupStep, Forecast
from nvr.model import VolumeStatus, isoformat
from nvr.settings import Ages, RetentionSettings

Json = dict[str, Any]


async def storage(request: Request) -> Response:
    """What each camera has on the volume, largest first, and the days that are left."""
    only(request.query_params)
    sources = sources_of(request)
    [volume] = sources.status.volumes()
    content = await asyncio.to_thread(storage_json, _keeper(request), volume)
    return JSONResponse({"site": sources.site} | content, headers=FRESH)


async def cleanup_status(request: Request) -> Response:
    """What a clean-up would take now, files by age, and what the last one took."""
    only(request.query_params, "camera")
    camera = optional_camera(request, sources_of(request))
    return JSONResponse(await asyncio.to_thread(cleanup_json, _keeper(request), camera), headers=FRESH)


async def forecast(request: Request) -> Response:
    """When clean-up begins to take footage, and what other limits would change about it."""
    only(request.query_params, "budget", "keep_at_least", "delete_after")
    keeper, asked = _keeper(request), dict(request.query_params)
    asked.pop(CACHE_BUSTER, None)
    try:
        other = sources_of(request).changed_limits(keeper.limits, asked) if asked else None
    except ConfigError as error:
        raise RequestError(400, f"{error.key} {error.message}: {shown(error.value)}", hint=error.hint) from error
    return JSONResponse(await asyncio.to_thread(forecasts_json, keeper, other), headers=FRESH)


async def cleanup_run(request: Request) -> Response:
    """Clean up now, and say what went."""
    only(request.query_params)
    return JSONResponse(run_json(await _keeper(request).clean_up()), headers=FRESH)


def _keeper(request: Request) -> Housekeeping:
    keeper = sources_of(request).housekeeping
    if keeper is None:
        raise RequestError(503, "nobody keeps this storage", hint="ask a recorder that runs")
    return keeper


def storage_json(keeper: Housekeeping, volume: VolumeStatus) -> Json:
    """Touches the disk, as the next two do."""
    plan = keeper.preview()
    return {
        "volume": volume.volume,
        "size_bytes": volume.size_bytes,
        "free_bytes": volume.free_bytes,
        "writable": volume.writable,
        "budget_bytes": volume.budget_bytes,
        "trigger_bytes": plan.trigger_bytes,
        "target_bytes": plan.target_bytes,
        "used_bytes": sum(held.size_bytes for held in plan.cameras),
        "segments": sum(held.segments for held in plan.cameras),
        "freeable_bytes": plan.freeable_bytes,
        "cameras": [_holdings_json(held) for held in plan.cameras],
        "forecast": _forecast_json(keeper.forecast_with(keeper.limits), keeper.limits),
    }


def cleanup_json(keeper: Housekeeping, camera: str | None) -> Json:
    plan = keeper.preview(camera)
    return {
        "time": isoformat(plan.time),
        "planned": [_step_json(step) for step in plan.steps],
        "freeable_bytes": plan.freeable_bytes,
        "oldest": time_json(min((held.oldest for held in plan.cameras), default=None)),
        "files_by_age": [asdict(band) for band in plan.ages],
        "last_run": None if keeper.last_run is None else run_json(keeper.last_run),
    }


def forecasts_json(keeper: Housekeeping, other: RetentionSettings | None) -> Json:
    """With what holds, and with what is asked about; and how it comes to that."""
    return {
        "now": _forecast_json(keeper.forecast_with(keeper.limits), keeper.limits),
        "changed": other and _forecast_json(keeper.forecast_with(other), other),
        "hours_of_week": {camera: [round(size) for size in week] for camera, week in keeper.weeks().items()},
    }


def run_json(run: CleanupRun) -> Json:
    steps = [_step_json(step) for step in run.steps]
    return asdict(run) | {"started": isoformat(run.started), "seconds": round(run.seconds, 3), "steps": steps}


def _holdings_json(held: CameraHoldings) -> Json:
    return asdict(held) | {"oldest": isoformat(held.oldest), "newest": isoformat(held.newest)}


def _step_json(step: CleanupStep) -> Json:
    return asdict(step) | {"oldest": isoformat(step.oldest), "newest": isoformat(step.newest)}


def _forecast_json(found: Forecast, limits: RetentionSettings) -> Json:
    return {
        "seen_seconds": round(found.seen_seconds),
        "bytes_a_day": round(found.bytes_a_day),
        "clean_up": time_json(found.clean_up),
        "days_left": _finite(found.days_left),
        "reached_seconds": _finite(found.reached_seconds),
        "keeps_promise": found.keeps_promise,
        "keep_at_least_seconds": _ages_json(limits.keep_at_least, "continuous", "motion"),
        "delete_after_seconds": _ages_json(limits.delete_after, "continuous", "motion", "protected"),
    }


def _ages_json(ages: Ages, *classes: str) -> Json:
    return {name: _finite(getattr(ages, name)) for name in classes}


def _finite(value: float) -> float | None:
    """JSON has no infinity: what never is is null."""
    return round(value, 3) if isfinite(value) else None
