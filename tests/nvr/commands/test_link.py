"""`nvr link`: addresses that open a little, for a while."""

import os
import stat
from datetime import timedelta
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import pytest
from typer.testing import CliRunner, Result

from exporters.notify.links import Links
from nvr.cli import application
from nvr.clock import utc_now

TEXT = """
web: {external_url: 'https://cams.example/nvr/'}
cameras:
  front-door: {record: rtsp://camera.example/main}
  yard: {record: rtsp://camera.example/main}
"""


@pytest.fixture
def home(tmp_path: Path) -> Path:
    (tmp_path / "nvr.yaml").write_text(TEXT)
    (tmp_path / "data" / "spool").mkdir(parents=True)
    return tmp_path


def run(home: Path, *arguments: str) -> Result:
    return CliRunner().invoke(application("link"), ["link", "-c", str(home / "nvr.yaml"), *arguments])


def query(done: Result) -> dict[str, str]:
    assert done.exit_code == 0, done.output
    return dict(parse_qsl(urlsplit(done.output.strip()).query))


def test_it_opens_a_stretch_of_a_cameras_footage_for_as_long_as_is_said(home: Path) -> None:
    done = run(home, "--camera", "front-door", "--from", "2h", "--expires", "12h")
    assert done.output.startswith("https://cams.example/nvr/watch?camera=front-door&")
    links, now = Links.of(home / "data" / "spool", ""), utc_now()
    grant = links.granted(query(done), now)
    assert grant is not None
    assert grant.end - grant.start == timedelta(hours=2)
    assert timedelta(hours=11) < grant.expires - now <= timedelta(hours=12)


def test_a_kiosk_shows_the_cameras_that_are_named_or_all(home: Path) -> None:
    links = Links.of(home / "data" / "spool", "")
    for arguments, cameras in ((("--camera", "yard"), ("yard",)), ((), ("front-door", "yard"))):
        grant = links.kiosk_granted(query(run(home, "--kiosk", *arguments)), utc_now())
        assert grant is not None
        assert grant.cameras == cameras


def test_all_links_are_ended(home: Path) -> None:
    old = query(run(home, "--kiosk"))
    assert run(home, "--end-all").exit_code == 0
    assert Links.of(home / "data" / "spool", "").kiosk_granted(old, utc_now()) is None


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file away")
def test_a_key_that_root_made_belongs_to_the_recorder(home: Path) -> None:
    spool = home / "data" / "spool"
    os.chown(spool, 12345, -1)
    run(home, "--end-all")
    status = (spool / "link.key").stat()
    assert (status.st_uid, stat.S_IMODE(status.st_mode)) == (12345, 0o600)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "--camera"),
        (("--camera", "front-door"), "--from"),
        (("--camera", "front-door", "--camera", "yard", "--from", "1h"), "one --camera"),
        (("--kiosk", "--camera", "nosuch"), "nosuch"),
        (("--kiosk", "--expires", "soon"), "60s, 5m"),
        (("--kiosk", "--expires", "1s"), "from 1m to"),
        (("--camera", "yard", "--from", "1h", "--to", "2h"), "not after"),
    ],
)
def test_what_cannot_be_is_told_with_the_remedy(home: Path, arguments: tuple[str, ...], said: str) -> None:
    done = run(home, *arguments)
    assert done.exit_code == 2
    assert said in " ".join(done.output.replace("│", "").split())
