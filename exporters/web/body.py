"""The body of a request that changes something: a JSON object, and a short one."""

import json
from typing import Any

from starlette.requests import ClientDisconnect, Request

from exporters.web.errors import RequestError

MOST_BYTES = 4096


async def json_object(request: Request, hint: str) -> dict[str, Any]:
    """`hint` says what it takes. A form of another site cannot send one."""
    if request.headers.get("Content-Type", "").partition(";")[0].strip().lower() != "application/json":
        raise RequestError(415, "the body is not JSON", hint="send it with Content-Type: application/json")
    try:
        content = json.loads(await bounded(request))
    except (ValueError, RecursionError):
        content = None
    if not isinstance(content, dict):
        raise RequestError(400, "the body is no JSON object", hint=hint)
    return content


async def bounded(request: Request, most_bytes: int = MOST_BYTES) -> bytes:
    body = bytearray()
    try:
        async for chunk in request.stream():
            body += chunk
            if len(body) > most_bytes:
                raise RequestError(413, "the body is too long", hint=f"at most {most_bytes} bytes")
    except ClientDisconnect:
        pass  # nobody is there to read the answer
    return bytes(body)
