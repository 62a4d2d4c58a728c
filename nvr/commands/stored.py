"""The storage as the running recorder tells of it, or as it lies there while none runs."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Protocol

import httpx

from nvr.commands.running import NotRunning, asking, content_of
from nvr.housekeeping import Protection
from nvr.model import isoformat
from nvr.settings import Settings

Json = Mapping[str, Any]

LONGEST_CLEANUP_SECONDS = 3600.0
"""So long a clean-up of a very large volume on a slow disk is waited for."""


class Storage(Protocol):
    """Answers are those of the HTTP API. All methods raise NvrError."""

    def cleanup_status(self, camera: str | None) -> Json: ...
    def forecasts(self, limits: Mapping[str, str]) -> Json: ...
    def protections(self) -> list[Json]: ...
    def protect(self, wanted: Protection) -> Json: ...
    def unprotect(self, protection_id: str) -> Json: ...


class Running:
    """The running recorder's."""

    def __init__(self, client: httpx.Client) -> None:
        self._client = client

    def cleanup_status(self, camera: str | None) -> Json:
        parameters = {"camera": camera} if camera else {}
        answer = self._client.get("/api/storage/cleanup/status", params=parameters)
        return content_of(answer, "planned", "files_by_age", "last_run")

    def forecasts(self, limits: Mapping[str, str]) -> Json:
        answer = self._client.get("/api/storage/forecast", params=dict(limits))
        return content_of(answer, "now", "changed", "hours_of_week")

    def protections(self) -> list[Json]:
        return list(content_of(self._client.get("/api/protections"), "protections")["protections"])

    def protect(self, wanted: Protection) -> Json:
        times = {"from": isoformat(wanted.start), "to": isoformat(wanted.end)}
        body = {"camera": wanted.camera, "reason": wanted.reason, **times}
        return content_of(self._client.post("/api/protections", json=body), "id", "segments")

    def unprotect(self, protection_id: str) -> Json:
        return content_of(self._client.delete(f"/api/protections/{protection_id}"), "id", "segments")


@contextmanager
def storage_of(settings: Settings) -> Iterator[Storage]:
    """Of the running recorder; where none runs, of what lies there. Raises NvrError where nothing does."""
    if _runs(settings):
        with asking(settings.web) as client:
            yield Running(client)
        return
    # Late: nobody should wait for numpy and the metrics to load whom the running recorder answers.
    from nvr.commands.left_storage import left_storage  # noqa: PLC0415

    with left_storage(settings) as storage:
        yield storage


def _runs(settings: Settings) -> bool:
    try:
        with asking(settings.web) as client:
            client.get("/healthz")
    except NotRunning:
        return False
    return True


def clean_up(settings: Settings) -> Json:
    """By the running recorder, and nobody else: what it plans nobody may do at the same time. Raises NotRunning."""
    with asking(settings.web, LONGEST_CLEANUP_SECONDS) as client:
        return content_of(client.post("/api/storage/cleanup/run"), "steps", "error")
