"""The recorder's past: asked of the running recorder, which owns the database, or else of what it left on disk."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from urllib.parse import urlsplit

import httpx

from nvr.commands.running import recorder
from nvr.errors import EnvironmentNotReady, NvrError
from nvr.model import isoformat
from nvr.settings import Settings

PAGE = 1000

Kind = Literal["events", "gaps"]
Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Question:
    """What happened in `[start, end)`, at one camera or, with None, at all of them."""

    kind: Kind
    camera: str | None
    start: datetime
    end: datetime

    @property
    def parameters(self) -> dict[str, str]:
        camera = {"camera": self.camera} if self.camera else {}
        return {**camera, "from": isoformat(self.start), "to": isoformat(self.end), "limit": str(PAGE)}


def answers(settings: Settings, question: Question) -> list[Row]:
    """All rows, newest first, with the HTTP API's keys. Raises NvrError where nobody can say."""
    with recorder(settings.web) as client:
        try:
            return _all_pages(client, question)
        except httpx.ConnectError:
            pass  # No recorder is running, so nobody else holds the database.
        except httpx.HTTPError as error:
            raise EnvironmentNotReady(
                f"the recorder at {client.base_url} does not answer: {type(error).__name__}",
                hint="look at its log, or ask again",
            ) from None
    # Late: nobody should wait for the database engine to load whom the running recorder answers.
    from nvr.commands.left_behind import events, gaps  # noqa: PLC0415

    return (gaps if question.kind == "gaps" else events)(settings, question.camera, question.start, question.end)


def _all_pages(client: httpx.Client, question: Question) -> list[Row]:
    rows: list[Row] = []
    parameters = question.parameters
    while True:
        page = _page(client.get(f"/api/{question.kind}", params=parameters), question.kind)
        rows += page[question.kind]
        if not page["next"]:
            return rows
        parameters = {**parameters, "next": page["next"]}


def _page(response: httpx.Response, kind: Kind) -> Mapping[str, Any]:
    address = urlsplit(str(response.url)).netloc
    try:
        content = response.json()
    except ValueError:
        content = None
    if not isinstance(content, dict) or not ("error" in content or {kind, "next"} <= content.keys()):
        hint = "another program has web.listen's port: change the port, or stop that program"
        raise EnvironmentNotReady(f"what answers at {address} is no recorder", hint=hint)
    if "error" in content:
        raise NvrError(f"the recorder at {address} says: {content['error']}", hint=str(content.get("hint", "")))
    return content
