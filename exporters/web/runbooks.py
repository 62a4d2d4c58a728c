"""The runbooks as pages: what an alert means, how to see it, what to do.

The files are docs/runbooks of a checkout, which a link in this package leads to; a wheel has them in its place.
"""

import functools
import re
from collections.abc import Iterator
from pathlib import Path

from markdown_it import MarkdownIt
from markdown_it.token import Token
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from exporters import notify
from exporters.web.errors import RequestError, shown
from exporters.web.pages import FOLDER, REVALIDATED
from exporters.web.parameters import only

TEXTS = Path(notify.__file__).parent / "runbooks"
INDEX = "README"
_NAME = re.compile(r"Nvr[A-Za-z]{1,60}", re.ASCII)
_PAGE = re.compile(r"(Nvr[A-Za-z]{1,60})\.md", re.ASCII)
_READER = MarkdownIt("commonmark", {"html": False}).enable("table")


async def index(request: Request) -> Response:
    only(request.query_params)
    return _page(INDEX, up="", beside="runbooks/")


async def runbook(request: Request) -> Response:
    """Also by the name of its file, as a forge that shows the checkout has it."""
    only(request.query_params)
    name = str(request.path_params["alert"]).removesuffix(".md")
    if not _NAME.fullmatch(name) or not (TEXTS / f"{name}.md").is_file():
        raise RequestError(404, f"there is no runbook {shown(name)}", hint="/runbooks lists them")
    return _page(name, up="../", beside="")


def _page(name: str, *, up: str, beside: str) -> Response:
    return HTMLResponse(_html(name, up, beside), headers=REVALIDATED)


@functools.cache
def _html(name: str, up: str, beside: str) -> str:
    """Kept, since anyone may ask: the files are as many as there are alerts, and never change while this runs."""
    text = (TEXTS / f"{name}.md").read_text(encoding="utf-8")
    page = (FOLDER / "runbook.html").read_text(encoding="utf-8").replace("UP", up)
    title = "Runbooks" if name == INDEX else name
    return page.replace("TITLE", title).replace("TEXT", rendered(text, beside))


def rendered(text: str, beside: str) -> str:
    """As HTML; `beside` is the way to the other runbooks. What links to other files of a checkout is not linked."""
    tokens = _READER.parse(text)
    for token in tokens:
        if token.children:
            token.children = list(_linked(token.children, beside))
    return str(_READER.renderer.render(tokens, _READER.options, {}))


def _linked(tokens: list[Token], beside: str) -> Iterator[Token]:
    is_open = False
    for token in tokens:
        if token.type == "link_open":
            target = str(token.attrs["href"])
            page = _PAGE.fullmatch(target)
            token.attrs["href"] = f"{beside}{page[1]}" if page else target
            is_open = page is not None or target.startswith(("https://", "http://"))
        if token.type not in ("link_open", "link_close") or is_open:
            yield token
