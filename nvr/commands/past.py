"""The recorder's past: asked of the running recorder, which owns the database, or else of what it left on disk."""

import asyncio
import ipaddress
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from urllib.parse import urlsplit

import httpx

from exporters.clickhouse.client import Database, connect
from exporters.clickhouse.dsn import parse
from exporters.clickhouse.queries import Queries
from exporters.web.events import event_json
from exporters.web.gaps import gap_json
from ingest.catalogue import Catalogue
from ingest.store import CATALOGUE
from nvr.clock import utc_now
from nvr.errors import EnvironmentNotReady, NvrError
from nvr.model import MotionEvent, isoformat
from nvr.settings import Settings, WebSettings

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
    return _gaps(settings, question) if question.kind == "gaps" else asyncio.run(_events(settings, question))


def recorder(web: WebSettings, timeout_seconds: float = 30.0) -> httpx.Client:
    """A client for the recorder of this configuration, which may or may not be running."""
    headers = {"Authorization": f"Bearer {web.token}"} if web.token else {}
    # No proxy of the environment: the recorder is on this machine.
    return httpx.Client(base_url=base_url(web), headers=headers, timeout=timeout_seconds, trust_env=False)


def base_url(web: WebSettings) -> str:
    """Where this machine reaches what listens there: `0.0.0.0` is every address, and so also the loopback's."""
    try:
        address = ipaddress.ip_address(web.host)
    except ValueError:
        return f"http://{web.host}:{web.port}"
    if address.is_unspecified:
        address = ipaddress.ip_address("127.0.0.1" if address.version == 4 else "::1")
    return f"http://[{address}]:{web.port}" if address.version == 6 else f"http://{address}:{web.port}"


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


async def _events(settings: Settings, question: Question) -> list[Row]:
    directory = parse(settings.database.dsn).directory
    if directory and not directory.exists():
        return []
    database = await connect(settings.database.dsn)
    try:
        if not await _was_written(database):
            return []
        queries = Queries(database, settings.site)

        def page(offset: int) -> Awaitable[list[MotionEvent]]:
            return queries.motion_events(question.camera, question.start, question.end, limit=PAGE, offset=offset)

        return [event_json(event) for event in await _to_the_end(page)]
    finally:
        await database.close()


async def _was_written(database: Database) -> bool:
    """Whether a recorder ever made its tables here."""
    place = {"database": database.dsn.database}
    question = "SELECT count() FROM system.tables WHERE database = {database:String} AND name = 'motion_events'"
    return bool((await database.query(question, place))[0][0])


async def _to_the_end(page: Callable[[int], Awaitable[list[MotionEvent]]]) -> list[MotionEvent]:
    found = await page(0)
    while len(found) % PAGE == 0 and (more := await page(len(found))):
        found += more
    return found


def _gaps(settings: Settings, question: Question) -> list[Row]:
    file = settings.storage.path / CATALOGUE
    if not file.exists():
        return []
    catalogue = Catalogue(file)
    try:
        found = catalogue.gaps(question.camera, question.start, question.end)
    finally:
        catalogue.close()
    now = utc_now()
    return [gap_json(gap, now) for gap in sorted(found, key=lambda gap: (-gap.start.timestamp(), gap.camera))]
