"""The cameras as they are now."""

from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from exporters.web.errors import RequestError
from exporters.web.health import FRESH
from exporters.web.parameters import known_camera, only
from exporters.web.sources import sources_of
from nvr.model import CameraStatus, isoformat


async def cameras(request: Request) -> Response:
    only(request.query_params)
    sources = sources_of(request)
    now = sources.now()
    content = {
        "site": sources.site,
        "timezone": sources.timezone.key,
        "time": isoformat(now),
        "cameras": [camera_json(status, now, sources.web.prefix) for status in sources.status.cameras()],
    }
    return JSONResponse(content, headers=FRESH)


async def camera(request: Request) -> Response:
    only(request.query_params)
    sources = sources_of(request)
    name = known_camera(request.path_params["camera"], sources)
    for status in sources.status.cameras():
        if status.camera == name:
            return JSONResponse(camera_json(status, sources.now(), sources.web.prefix), headers=FRESH)
    raise RequestError(503, f"{name} is being set up", hint="ask again in a second", headers={"Retry-After": "1"})


def camera_json(status: CameraStatus, now: datetime, prefix: str) -> dict[str, Any]:
    since = None if status.last_frame_time is None else (now - status.last_frame_time).total_seconds()
    query = urlencode({"camera": status.camera})
    return {
        "camera": status.camera,
        "state": status.state.value,
        "recording_wanted": status.recording_wanted,
        "seconds_since_last_frame": None if since is None else round(max(0.0, since), 3),
        "last_frame_time": time_json(status.last_frame_time),
        "last_segment_time": time_json(status.last_segment_time),
        "last_connection_attempt": time_json(status.last_connection_attempt),
        "last_successful_connection": time_json(status.last_successful_connection),
        "total_reconnects": status.total_reconnects,
        "consecutive_failures": status.consecutive_failures,
        "last_cause": status.last_cause.value if status.last_cause else None,
        "fps": round(status.fps, 2),
        "expected_fps": status.expected_fps,
        "width": status.width,
        "height": status.height,
        "codec": status.codec,
        "motion_active": status.motion_active,
        "snapshot_url": f"{prefix}/snapshot.jpg?{query}",
        "play_url": f"{prefix}/play?{query}",
        "heatmap_url": f"{prefix}/heatmap?{query}",
    }


def time_json(time: datetime | None) -> str | None:
    return None if time is None else isoformat(time)
