"""The pages: files of this package, which ask the API for what they show."""

from pathlib import Path

from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.staticfiles import StaticFiles

FOLDER = Path(__file__).parent / "static"
REVALIDATED = {"Cache-Control": "no-cache"}
"""A page of the version before must not meet the script of this one."""


async def start(_: Request) -> Response:
    return _page("start.html")


async def play(_: Request) -> Response:
    return _page("play.html")


async def heatmap(_: Request) -> Response:
    return _page("heatmap.html")


async def alerts(_: Request) -> Response:
    return _page("alerts.html")


def _page(name: str) -> Response:
    return FileResponse(FOLDER / name, headers=REVALIDATED)


class Assets(StaticFiles):
    """Scripts and styles. They are revalidated by their ETag at each use."""

    def __init__(self) -> None:
        super().__init__(directory=FOLDER)

    def file_response(self, *arguments: object, **options: object) -> Response:
        response = super().file_response(*arguments, **options)  # type: ignore[arg-type]
        response.headers.update(REVALIDATED)
        return response
