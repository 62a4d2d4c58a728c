"""Alerts: what Alertmanager sends, what became of it, and who has taken it up."""

import logging
import re

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from exporters.notify.alert_json import alert_json
from exporters.notify.webhook import MOST_BYTES, Unreadable, group_of
from exporters.web.body import bounded, json_object
from exporters.web.cursor import Cursor
from exporters.web.errors import RequestError, answer, shown
from exporters.web.health import FRESH
from exporters.web.paging import DEFAULT_LIMIT, MOST
from exporters.web.parameters import LAST, only, parse_choice, parse_number
from exporters.web.sources import AlertDesk, Sources, sources_of
from nvr.alert import Status
from nvr.errors import StorageError
from nvr.model import CAMERA_NAME

log = logging.getLogger(__name__)

LONGEST_NAME = 100
STATES: dict[str, Status | None] = {"all": None, "firing": "firing", "resolved": "resolved"}
_ID = re.compile(r"[0-9a-f]{16}-\d{1,14}", re.ASCII)


async def receive(request: Request) -> Response:
    """Alertmanager's webhook. 200 once it is durable; what can never be read is 200 too, or it came again for ever."""
    only(request.query_params)
    sources = sources_of(request)
    try:
        response = await _received(request, sources)
    except RequestError as error:
        response = answer(error.status, error.message, error.hint, error.headers)
    sources.telemetry.webhook_answered(response.status_code)
    return response


async def _received(request: Request, sources: Sources) -> Response:
    desk, receiver = _desk(sources), request.path_params["receiver"]
    # Without receivers nobody is told, and what happened is kept all the same.
    if receiver not in desk.receivers if desk.receivers else not CAMERA_NAME.fullmatch(receiver):
        hint = f"the receivers are {', '.join(sorted(desk.receivers)) or 'none'}: see notifications.receivers"
        raise RequestError(404, f"there is no receiver {shown(receiver)}", hint=hint)
    try:
        group = group_of(await bounded(request, MOST_BYTES), sources.now())
        news = await desk.receive(receiver, group)
    except Unreadable as error:
        sources.telemetry.failed("alerts")
        log.error("what was sent to /alerts/%s cannot be read and is lost: %s", receiver, error)
        return answer(200, f"this cannot be read: {error}", "send Alertmanager's webhooks of version 4 here")
    except StorageError as error:
        sources.telemetry.failed("alerts")
        log.error("alerts cannot be kept, Alertmanager is to send them again: %s", error)
        raise RequestError(503, "the outbox cannot take this", hint="send it again") from None
    return JSONResponse({"alerts": len(group.alerts), "news": news}, headers=FRESH)


async def alerts(request: Request) -> Response:
    """Newest first, page by page."""
    query = request.query_params
    only(query, "limit", "camera", "state", "next")
    sources = sources_of(request)
    limit = parse_number(query, "limit", DEFAULT_LIMIT, 1, MOST)
    status = STATES[parse_choice(query, "state", list(STATES), "all")]
    cursor = Cursor.decode(query["next"]) if "next" in query else Cursor(LAST)
    found, note = await _desk(sources).history(
        _camera(query.get("camera")), status, cursor.end, limit=limit + 1, offset=cursor.skip
    )
    page = found[:limit]
    more = cursor.after([alert.start for alert in page]).encode() if len(found) > limit else None
    content = {"alerts": [alert_json(alert) for alert in page], "next": more, "note": note or None}
    return JSONResponse(content, headers=FRESH)


async def acknowledge(request: Request) -> Response:
    only(request.query_params)
    alert_id, hint = request.path_params["alert"], f"it takes by: a name of at most {LONGEST_NAME} characters"
    content = await json_object(request, hint)
    by = content.get("by")
    if content.keys() != {"by"} or not isinstance(by, str) or not by.strip():
        raise RequestError(400, "it is not said who acknowledges it", hint=hint)
    if len(by) > LONGEST_NAME or not by.isprintable():
        raise RequestError(400, "this is no name", hint=hint)
    desk = _desk(sources_of(request))
    alert = await desk.acknowledge(alert_id, by.strip()) if _ID.fullmatch(alert_id) else None
    if alert is None:
        hint = "GET /api/alerts lists them; what ended more than 30 days ago stays as it is"
        raise RequestError(404, f"there is no alert {shown(alert_id)}", hint=hint)
    return JSONResponse(alert_json(alert), headers=FRESH)


def _camera(name: str | None) -> str | None:
    """Of any name: alerts of a camera that is not configured any more are told as well."""
    if name is not None and not CAMERA_NAME.fullmatch(name):
        raise RequestError(400, f"this is no camera's name: {shown(name)}")
    return name


def _desk(sources: Sources) -> AlertDesk:
    if sources.alerts is None:
        raise RequestError(503, "alerts are not kept here", hint="ask the recorder itself")
    return sources.alerts
