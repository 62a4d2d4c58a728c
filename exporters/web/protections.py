"""Footage that is to stay: which it is, and why."""

import asyncio
from collections.abc import Mapping
from dataclasses import asdict
from datetime import timedelta
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from exporters.web.body import json_object
from exporters.web.errors import RequestError, shown
from exporters.web.health import FRESH
from exporters.web.parameters import known_camera, only, parse_span
from exporters.web.sources import Sources, sources_of
from nvr.housekeeping import LONGEST_REASON, ProtectedFootage, Protection, is_reason
from nvr.model import isoformat

LONGEST = timedelta(days=366)
FIELDS = ("camera", "from", "to", "reason")


async def protections(request: Request) -> Response:
    """All of them, the newest first."""
    only(request.query_params)
    found = await asyncio.to_thread(sources_of(request).store.protections.all)
    return JSONResponse({"protections": [protection_json(each) for each in found]}, headers=FRESH)


async def protect(request: Request) -> Response:
    """Protect what a camera recorded, or is to record, from one time to another."""
    only(request.query_params)
    sources = sources_of(request)
    wanted = _protection(await _body(request), sources)
    added = await asyncio.to_thread(sources.store.protections.add, wanted)
    return JSONResponse(protection_json(added), 201, headers=FRESH)


async def unprotect(request: Request) -> Response:
    """Protect it no longer; what another protection covers stays protected."""
    only(request.query_params)
    name = request.path_params["protection"]
    removed = await asyncio.to_thread(sources_of(request).store.protections.remove, name)
    if removed is None:
        raise RequestError(404, f"there is no protection {shown(name)}", hint="GET /api/protections lists them")
    return JSONResponse(protection_json(removed), headers=FRESH)


def protection_json(found: ProtectedFootage) -> dict[str, Any]:
    protection = found.protection
    times = {name: isoformat(getattr(protection, name)) for name in ("start", "end", "created")}
    return asdict(protection) | times | {"segments": found.segments, "size_bytes": found.size_bytes}


async def _body(request: Request) -> Mapping[str, str]:
    content = await json_object(request, f"it takes {', '.join(FIELDS)}")
    if not all(isinstance(value, str) for value in content.values()):
        raise RequestError(400, "the body is no JSON object of texts", hint=f"it takes {', '.join(FIELDS)}")
    return content


def _protection(given: Mapping[str, str], sources: Sources) -> Protection:
    for name in FIELDS:
        if name not in given:
            raise RequestError(400, f"{name} is missing", hint=f"it takes {', '.join(FIELDS)}")
    if unknown := sorted(given.keys() - set(FIELDS)):
        raise RequestError(400, f"there is no field {shown(unknown[0])}", hint=f"it takes {', '.join(FIELDS)}")
    span = parse_span(given, sources, default=LONGEST, longest=LONGEST)
    camera, reason = known_camera(given["camera"], sources), given["reason"].strip()
    if not is_reason(reason):
        raise RequestError(400, "this is no reason", hint=f"say why, in 1 to {LONGEST_REASON} characters of one line")
    return Protection.of(camera, span.start, span.end, reason, sources.now())
