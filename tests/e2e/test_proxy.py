"""Grafana and the recorder under one address: deploy/nginx.conf in a real nginx before a live recorder with a token."""

import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml

from exporters.web.app import ROUTES
from nvr.clock import utc_now
from tests.e2e.grafana import Grafana
from tests.e2e.live import LiveRecorder, free_port
from tests.e2e.nginx import Nginx, nginx_program
from tests.exporters.web.browser import rendered
from tests.grafana.dashboards import MAGIC, at_the_recorder

TOKEN = "canary-of-the-recorder"
VIEWER, ADMIN, OLD = ({"Cookie": f"grafana_session={role}"} for role in ("viewer", "admin", "old"))
BROWSER = {"Accept": "text/html,*/*"}
RUNBOOKS = ("/runbooks", "/runbooks/{alert}")
OPEN = ("/watch", "/watch/{segment}.mp4", "/kiosk", "/kiosk/{camera}.jpg", *RUNBOOKS)
OF_MACHINES = ("/metrics",)


@dataclass(frozen=True)
class Site:
    """`people` speaks to nginx, `recorder` is what is behind it, `foreign` is a page of another origin."""

    people: httpx.Client
    recorder: LiveRecorder
    log: Path
    address: str
    foreign: str

    def link(self, *arguments: str) -> str:
        """What `nvr link` prints, below nginx' address."""
        return self.recorder.printed("link", *arguments).strip().removeprefix(self.address)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, clips: dict[str, Path]) -> Iterator[Site]:
    nginx_program()
    folder, port = tmp_path_factory.mktemp("proxy"), free_port()
    address = f"http://127.0.0.1:{port}"
    recorder = LiveRecorder(folder, {"door": {"record": str(clips["door"])}, "hall": {"record": str(clips["lights"])}})
    settings = yaml.safe_load(recorder.config.read_text())
    settings["web"] |= {"external_url": f"{address}/nvr/", "token": TOKEN}
    recorder.config.write_text(yaml.safe_dump(settings))
    recorder.http.headers["Authorization"] = f"Bearer {TOKEN}"
    with (
        recorder,
        Grafana() as grafana,
        Nginx(folder, grafana.port, recorder.port, port, TOKEN) as nginx,
        httpx.Client(base_url=address, timeout=30, trust_env=False) as people,
    ):
        recorder.wait_for(lambda: any(s["complete"] for s in recorder.timeline("door")["segments"]), 60)
        yield Site(people, recorder, nginx.log, address, f"http://127.0.0.1:{grafana.port}")


def test_who_is_signed_in_to_grafana_sees_the_recorder_and_nobody_else_does(site: Site) -> None:
    for route in ROUTES.keys() - set(OPEN) - set(OF_MACHINES):
        path = f"/nvr{route.format(camera='door', segment='x', alert='NvrDown')}"
        assert site.people.get(path).status_code == 401, path
        assert site.people.get(path, headers=VIEWER).status_code in (200, 400, 404), path
    assert site.people.get("/nvr/healthz", headers=VIEWER).status_code == 200


def test_whoever_an_alert_wakes_reads_its_runbook_without_signing_in(site: Site) -> None:
    for path in ("runbooks", "runbooks/NvrDown", "runbooks/NvrDown.md", "static/style.css", "static/icon.svg"):
        assert site.people.get(f"/nvr/{path}").status_code == 200, path
    assert site.people.get("/nvr/runbooks/../api/cameras").status_code == 401
    assert site.people.get("/nvr/runbooks/%2e%2e/api/cameras").status_code == 401


def test_grafana_is_there_and_learns_nothing_of_the_recorders_token(site: Site) -> None:
    assert site.people.get("/d/overview", headers=VIEWER).text == "Grafana has None"


def test_pages_and_pictures_of_the_dashboards_are_there_for_who_is_signed_in(site: Site) -> None:
    for path in at_the_recorder("door", utc_now() - timedelta(hours=1), utc_now()):
        answer = site.people.get(f"/nvr{path}", headers=VIEWER, follow_redirects=True)
        assert answer.status_code == 200, path
        assert answer.content.startswith(MAGIC.get(path.partition("?")[0], b"")), path


def test_the_prefix_alone_leads_to_the_first_page(site: Site) -> None:
    bare = site.people.get("/nvr?x=1", headers=VIEWER)
    assert (bare.status_code, bare.headers["Location"]) == (307, "nvr/?x=1")
    assert 'href="static/style.css"' in site.people.get("/nvr/", headers=VIEWER).text


def urls(content: Any) -> list[str]:
    """All that an answer names."""
    if isinstance(content, list):
        return [url for each in content for url in urls(each)]
    if not isinstance(content, dict):
        return []
    found = [value for key, value in content.items() if key == "url" or key.endswith("_url")]
    return found + [url for value in content.values() for url in urls(value)]


def test_every_address_in_an_answer_leads_somewhere_through_the_proxy_and_on_the_recorder_itself(site: Site) -> None:
    found = urls([site.people.get(f"/nvr{path}", headers=VIEWER).json() for path in ("/api/cameras",)])
    found += urls(site.people.get("/nvr/api/timeline?camera=door", headers=VIEWER).json())[:3]
    assert len(found) > 6
    for url in found:
        assert url.startswith("/nvr/")
        assert site.people.get(url, headers=VIEWER).status_code == 200, url
        assert site.recorder.http.get(url).status_code == 200, url
        assert site.recorder.http.get(url.removeprefix("/nvr")).status_code == 200, url


def test_footage_comes_in_ranges(site: Site) -> None:
    segment = site.recorder.timeline("door")["segments"][0]
    answer = site.people.get(segment["url"], headers=VIEWER | {"Range": "bytes=4-7"})
    assert (answer.status_code, answer.content) == (206, b"ftyp")


def test_only_an_administrator_changes_something(site: Site) -> None:
    path, body = "/nvr/api/cameras/door/motion-settings", {"sensitivity": 55}
    assert site.people.put(path, json=body).status_code == 401
    assert site.people.put(path, json=body, headers=VIEWER).status_code == 403
    foreign = ADMIN | {"Origin": "https://elsewhere.example"}
    assert site.people.put(path, json=body, headers=foreign).status_code == 403
    own = ADMIN | {"Origin": site.address, "Sec-Fetch-Site": "same-origin"}
    assert site.people.put(path, json=body, headers=own).status_code == 200


def test_whoever_is_signed_in_may_take_an_alert_up(site: Site) -> None:
    path = "/nvr/api/alerts/0123456789abcdef-1/acknowledge"
    assert site.people.post(path, json={"by": "me"}, headers=VIEWER).status_code == 404
    for other in ("x/acknowledge/../../y", "..%2f..%2fstorage%2fcleanup%2frun%3f/acknowledge", "x/acknowledge?"):
        assert site.people.post(f"/nvr/api/alerts/{other}", json={}, headers=VIEWER).status_code == 403, other


@pytest.mark.parametrize(
    "path", ["metrics", "nvr/metrics", "alerts/people", "clickhouse/", "login", "%6detrics", "x/../metrics"]
)
def test_what_is_for_machines_is_not_there_for_people(site: Site, path: str) -> None:
    for role in (VIEWER, ADMIN):
        assert site.people.get(f"/nvr/{path}", headers=role).status_code == 404


def test_a_page_goes_by_way_of_grafana_where_its_session_is_over(site: Site) -> None:
    page = "/nvr/play?camera=door&t=2026-11-22T12%3A00%3A01Z"
    with httpx.Client(base_url=site.address, follow_redirects=True, trust_env=False, timeout=30) as person:
        assert person.get(page, headers=BROWSER).url.path == "/login"
        person.cookies.set("grafana_session", "old", domain="127.0.0.1", path="/")
        came = person.get(page, headers=BROWSER)
        assert (came.status_code, came.url.raw_path.decode()) == (200, page)


def test_a_page_that_stands_open_has_the_session_renewed(site: Site) -> None:
    with httpx.Client(base_url=site.address, trust_env=False, timeout=30) as person:
        person.cookies.set("grafana_session", "old", domain="127.0.0.1", path="/")
        assert [person.get("/nvr/api/cameras").status_code for _ in range(2)] == [401, 200]
    assert site.people.get("/nvr/api/cameras").status_code == 401


def test_a_signed_link_opens_its_footage_and_nothing_else(site: Site) -> None:
    link = site.link("--camera", "door", "--from", "10m", "--expires", "1h")
    page = site.people.get(link)
    assert page.status_code == 200
    source = re.findall(r'<video[^>]* src="([^"]+)"', page.text)[0].replace("&amp;", "&")
    assert site.people.get(f"/nvr/{source}", headers={"Range": "bytes=4-7"}).content == b"ftyp"
    query = link.partition("?")[2]
    for path in ("play", "api/cameras", "snapshot.jpg", "kiosk", f"media/segments/{source[6:].partition('?')[0]}"):
        assert site.people.get(f"/nvr/{path}?{query}").status_code in (400, 401, 403), path
    for method in ("POST", "PUT", "DELETE"):
        assert site.people.request(method, link).status_code == 403
    assert site.people.get(link.replace("door", "hall")).status_code == 403


def test_a_kiosk_shows_its_cameras_in_a_browser_and_no_other(site: Site, tmp_path: Path) -> None:
    link = site.link("--kiosk", "--camera", "door")
    document = rendered(f"{site.address}{link}", tmp_path / "profile")
    assert re.search(r'<figure data-camera="door" class="?"?><img alt="" src="blob:', document)
    query = link.partition("?")[2]
    assert site.people.get(f"/nvr/kiosk/hall.jpg?{query}").status_code == 404
    assert site.people.get(f"/nvr/kiosk/door.jpg?{query.replace('door', 'door,hall')}").status_code == 403


def test_the_key_of_links_is_changed_while_the_recorder_runs(site: Site) -> None:
    old = site.link("--kiosk")
    assert site.people.get(old).status_code == 200
    site.recorder.printed("link", "--end-all")
    assert site.people.get(old).status_code == 403
    assert site.people.get(site.link("--kiosk")).status_code == 200


def test_no_log_holds_a_signature_or_the_token(site: Site) -> None:
    link = site.link("--kiosk")
    signature = link.rpartition("=")[2]
    site.people.get(link)
    deadline = time.monotonic() + 10
    while "GET /nvr/kiosk 200" not in site.log.read_text():
        assert time.monotonic() < deadline, site.log.read_text()
        time.sleep(0.05)
    for log in (site.log, site.recorder.log):
        assert signature not in log.read_text()
        assert TOKEN not in log.read_text()


def shown(site: Site, origin: str, page: str, picture: str, folder: Path) -> str:
    """What a page of `origin` with a picture of ours and a page of ours in a frame came to show."""
    frame = httpx.URL(
        f"{origin}/frame", params={"page": f"{site.address}{page}", "picture": f"{site.address}{picture}"}
    )
    entry = httpx.URL(f"{origin}/sign-in", params={"then": frame.raw_path.decode()})
    found = re.search(r'<p id="seen">([^<]*)', rendered(str(entry), folder))
    assert found is not None
    return found[1]


def test_a_page_of_the_same_origin_shows_the_recorder_in_a_frame_and_its_pictures(site: Site, tmp_path: Path) -> None:
    at = (utc_now() - timedelta(seconds=20)).isoformat().replace("+00:00", "Z")
    seen = shown(site, site.address, f"/nvr/play?camera=door&t={at}", "/nvr/snapshot.jpg?camera=door", tmp_path / "a")
    assert re.match(r"picture [1-9]\d+ wide; in the frame: .*Playback", seen, re.DOTALL), seen
    assert int(seen.rpartition(" ")[2]) >= 2, "the film has pictures"


def test_a_page_of_another_origin_shows_nothing_in_a_frame(site: Site, tmp_path: Path) -> None:
    asked = site.log.read_text().count("GET /nvr/static/start.js")
    seen = shown(site, site.foreign, "/nvr/", "/nvr/snapshot.jpg?camera=door", tmp_path / "b")
    assert seen.endswith("frame closed")
    assert site.log.read_text().count("GET /nvr/static/start.js") == asked
