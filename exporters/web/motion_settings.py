"""What counts as motion at a camera: as it is, and changed while it is recorded."""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from exporters.web.body import json_object
from exporters.web.errors import RequestError, shown
from exporters.web.health import FRESH
from exporters.web.parameters import known_camera, only
from exporters.web.sources import MotionSwitch, sources_of
from nvr.errors import InvalidConfig, Unchangeable

TAKES = "it takes keys of cameras.NAME.motion, as in docs/reference/settings.md"


async def motion_settings(request: Request) -> Response:
    only(request.query_params)
    camera, switch = _camera(request)
    return JSONResponse(dict(switch.motion(camera)), headers=FRESH)


async def change_motion_settings(request: Request) -> Response:
    """Change those that are given, in the configuration file too; the answer has all of them."""
    only(request.query_params)
    camera, switch = _camera(request)
    given = await json_object(request, TAKES)
    try:
        await switch.change_motion(camera, given)
    except InvalidConfig as error:
        raise _refusal(error) from error
    except Unchangeable as error:
        raise RequestError(409, f"the configuration file {error.message}", hint=error.hint) from error
    return JSONResponse(dict(switch.motion(camera)), headers=FRESH)


def _camera(request: Request) -> tuple[str, MotionSwitch]:
    sources = sources_of(request)
    camera = known_camera(request.path_params["camera"], sources)
    if sources.motion is None:
        raise RequestError(503, "nobody looks for motion here", hint="ask a recorder that runs")
    return camera, sources.motion


def _refusal(error: InvalidConfig) -> RequestError:
    """All mistakes at once, each with its remedy."""
    mistakes = [f"{each.key} {each.message}" + f": {shown(each.value)}" * bool(each.value) for each in error.mistakes]
    return RequestError(400, "; ".join(mistakes), hint="; ".join(dict.fromkeys(each.hint for each in error.mistakes)))
