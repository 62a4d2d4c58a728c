"""The recorder's past: asked of the running recorder, which owns the database, or else of what it left on disk."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

import httpx

from nvr.commands.running import NotRunning, asking, content_of
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
    try:
        with asking(settings.web) as client:
            return _all_pages(client, question)
    except NotRunning:
        pass  # so nobody else holds the database
    # Late: nobody should wait for the database engine to load whom the running recorder answers.
    from nvr.commands.left_behind import events, gaps  # noqa: PLC0415

    return (gaps if question.kind == "gaps" else events)(settings, question.camera, question.start, question.end)


def _all_pages(client: httpx.Client, question: Question) -> list[Row]:
    rows: list[Row] = []
    parameters = question.parameters
    while True:
        page = content_of(client.get(f"/api/{question.kind}", params=parameters), question.kind, "next")
        rows += page[question.kind]
        if not page["next"]:
            return rows
        parameters = {**parameters, "next": page["next"]}
