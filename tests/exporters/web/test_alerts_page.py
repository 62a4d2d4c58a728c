"""The page of alerts in a real browser: links, and who presses its buttons.

The page runs in a frame of a test's own, of the same origin, which presses what a user would and reads what is shown.
"""

import asyncio
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from starlette.responses import HTMLResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from exporters.notify.webhook import group_of
from exporters.web.app import create_app
from exporters.web.sources import Sources
from nvr.alert import Alert
from nvr.settings import ChannelSettings
from tests.exporters.notify.alerts import alert, body
from tests.exporters.notify.desk import Desk
from tests.exporters.web.browser import rendered
from tests.exporters.web.conftest import NOW
from tests.exporters.web.serving import serving

USER = """<!doctype html><iframe src="/alerts" width="1200" height="800"></iframe><pre id="seen"></pre><script>
const frame = document.querySelector("iframe"), seen = document.getElementById("seen");
const pressed = setInterval(() => {
  const page = frame.contentDocument, button = page?.querySelector("article button");
  if (!button || !page.getElementById("site").textContent) return;
  clearInterval(pressed);
  page.getElementById("name").value = "NAME";
  button.click();
  setInterval(() => {
    const now = page.querySelector("article button"), problem = page.getElementById("problem");
    seen.textContent = `foot: ${page.querySelector("article .foot").innerText} | button: `
      + (now ? (now.disabled ? "disabled" : "ready") : "gone")
      + ` | problem: ${problem.hidden ? "" : problem.innerText} | focus: ${page.activeElement.id}`;
  }, 100);
}, 100);
</script>"""


@dataclass
class Browsed:
    """The application, with a user in front of it; `away` is a proxy whose recorder does not answer to changes."""

    app: ASGIApp
    name: str
    away: bool = False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = scope.get("path", "")
        if path == "/user":
            await HTMLResponse(USER.replace("NAME", self.name))(scope, receive, send)
        elif self.away and path.endswith("/acknowledge"):
            await HTMLResponse("<h1>Bad gateway</h1>", 502)(scope, receive, send)
        else:
            await self.app(scope, receive, send)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    desk = Desk(tmp_path / "desk", NOW, ChannelSettings("mail", "json://127.0.0.1:1/mail", "email"))
    yield desk
    desk.notifier.close_now()


def known(desk: Desk, *alerts: Alert) -> None:
    asyncio.run(desk.notifier.receive("people", group_of(body(*alerts), NOW)))


@contextmanager
def user(sources: Sources, desk: Desk, name: str = "ann", *, away: bool = False) -> Iterator[str]:
    """Yields the address of a page on which a user acknowledges the first alert."""
    app = create_app(replace(sources, alerts=desk.notifier))
    with serving(Browsed(app, name, away)) as port:
        yield f"http://127.0.0.1:{port}"


def seen(base: str, profile: Path) -> str:
    found = re.search(r'<pre id="seen">(.*?)</pre>', rendered(f"{base}/user", profile), re.DOTALL)
    assert found
    return found[1]


def test_an_alert_is_acknowledged_by_its_button(sources: Sources, desk: Desk, tmp_path: Path) -> None:
    known(desk, alert())
    with user(sources, desk) as base:
        shown = seen(base, tmp_path / "profile")
    assert "acknowledged by ann" in shown
    assert "button: gone | problem:  |" in shown
    [taken] = asyncio.run(desk.notifier.firing())
    assert taken.acknowledged_by == "ann"


def test_who_gives_no_name_is_asked_for_it(sources: Sources, desk: Desk, tmp_path: Path) -> None:
    known(desk, alert())
    with user(sources, desk, name=" ") as base:
        shown = seen(base, tmp_path / "profile")
    assert "button: ready | problem: Say who you are first" in shown
    assert "focus: name" in shown
    [untaken] = asyncio.run(desk.notifier.firing())
    assert untaken.acknowledged is None


def test_a_user_sees_why_an_alert_was_not_acknowledged_and_may_try_again(
    sources: Sources, desk: Desk, tmp_path: Path
) -> None:
    """What a proxy answers is no JSON."""
    known(desk, alert())
    with user(sources, desk, away=True) as base:
        shown = seen(base, tmp_path / "profile")
    said = "Not acknowledged: Camera front-door at home is offline. It answers with status 502"
    assert f"button: ready | problem: {said}" in shown


def test_an_alert_leads_to_its_runbook_and_dashboard_and_to_nothing_that_runs(
    sources: Sources, desk: Desk, tmp_path: Path
) -> None:
    linked = {
        1: {"runbook_url": "docs/runbooks/NvrDown.md", "dashboard_url": "https://grafana.example/d/nvr-overview"},
        2: {"runbook_url": "https://wiki.example/runbooks/NvrDown", "dashboard_url": ""},
        3: {"runbook_url": "javascript:alert(1)//runbooks/NvrDown", "dashboard_url": "javascript:alert(2)"},
    }
    known(desk, *(replace(alert(number), annotations=words) for number, words in linked.items()))
    with user(sources, desk) as base:
        document = rendered(f"{base}/alerts", tmp_path / "profile")
    links = re.findall(r'<a class="" href="([^"]+)">(What to do|Dashboard)</a>', document)
    assert sorted(links) == [
        ("https://grafana.example/d/nvr-overview", "Dashboard"),
        ("https://wiki.example/runbooks/NvrDown", "What to do"),
        ("runbooks/NvrDown", "What to do"),
    ]
    assert "javascript:" not in document
