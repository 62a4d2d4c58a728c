"""Signed links: they open what they say, for a while, and the key stays secret and the same."""

import stat
from datetime import timedelta
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import pytest

from exporters.notify.link_key import KEY_BYTES, key_in, new_key_in
from exporters.notify.links import FIELDS, KIOSK_FIELDS, KIOSK_LIFETIME, LIFETIME, Links
from nvr.errors import StorageError
from tests.exporters.notify.alerts import NOON

MINUTE = timedelta(minutes=1)
LINKS = Links(b"k" * KEY_BYTES, "https://nvr.example/nvr/")


def query() -> dict[str, str]:
    url = LINKS.watch("yard", NOON - MINUTE, NOON + MINUTE, NOON)
    assert url.startswith("https://nvr.example/nvr/watch?camera=yard&")
    return dict(parse_qsl(urlsplit(url).query))


def test_a_link_opens_what_it_was_made_for() -> None:
    grant = LINKS.granted(query(), NOON)
    assert grant is not None
    assert (grant.camera, grant.start, grant.end) == ("yard", NOON - MINUTE, NOON + MINUTE)


def test_a_link_expires() -> None:
    assert LINKS.granted(query(), NOON + LIFETIME - MINUTE)
    assert LINKS.granted(query(), NOON + LIFETIME) is None


@pytest.mark.parametrize("field", FIELDS)
@pytest.mark.parametrize("value", ["", "1", "door", "9" * 11, "\N{SUPERSCRIPT TWO}", "-1", "yard/1763812800"])
def test_a_link_that_was_changed_opens_nothing(field: str, value: str) -> None:
    assert LINKS.granted(query() | {field: value}, NOON) is None
    assert LINKS.granted({name: each for name, each in query().items() if name != field}, NOON) is None


def test_another_recorders_links_open_nothing() -> None:
    other = Links(b"x" * KEY_BYTES, "")
    assert (other.granted(query(), NOON), other.kiosk_granted(kiosk_query(), NOON)) == (None, None)


def kiosk_query() -> dict[str, str]:
    url = LINKS.kiosk(["yard", "hall"], NOON)
    assert url.startswith("https://nvr.example/nvr/kiosk?cameras=yard,hall&")
    return dict(parse_qsl(urlsplit(url).query))


def test_a_kiosks_link_opens_its_cameras_until_it_expires() -> None:
    grant = LINKS.kiosk_granted(kiosk_query(), NOON + KIOSK_LIFETIME - MINUTE)
    assert grant is not None
    assert grant.cameras == ("yard", "hall")
    assert LINKS.kiosk_granted(kiosk_query(), NOON + KIOSK_LIFETIME) is None


@pytest.mark.parametrize("field", KIOSK_FIELDS)
@pytest.mark.parametrize(
    "value", ["", "1", "yard", "yard,hall,door", "hall,yard", "9" * 11, "-1", "yard,,hall", ",", "a/b"]
)
def test_a_kiosks_link_that_was_changed_opens_nothing(field: str, value: str) -> None:
    assert LINKS.kiosk_granted(kiosk_query() | {field: value}, NOON) is None
    assert LINKS.kiosk_granted({name: each for name, each in kiosk_query().items() if name != field}, NOON) is None


def test_what_one_kind_of_link_grants_the_other_does_not() -> None:
    watch, kiosk = query(), kiosk_query()
    assert LINKS.kiosk_granted(watch | {"cameras": watch["camera"]}, NOON) is None
    assert LINKS.granted(watch | {"signature": kiosk["signature"]}, NOON) is None


def test_a_new_key_ends_all_links_also_for_who_has_the_old_one_in_mind(tmp_path: Path) -> None:
    links = Links.of(tmp_path, "")
    old = dict(parse_qsl(urlsplit(links.kiosk(["yard"], NOON)).query))
    new_key_in(tmp_path)
    assert links.kiosk_granted(old, NOON)
    links.refresh()
    assert links.kiosk_granted(old, NOON) is None


def test_the_key_is_made_once_and_nobody_else_may_read_it(tmp_path: Path) -> None:
    key = key_in(tmp_path / "spool")
    file = tmp_path / "spool" / "link.key"
    assert (len(key), stat.S_IMODE(file.stat().st_mode)) == (KEY_BYTES, 0o600)
    assert key_in(tmp_path / "spool") == key
    assert repr(key) not in repr(Links(key, ""))


def test_a_key_that_was_cut_off_is_made_anew(tmp_path: Path) -> None:
    (tmp_path / "link.key").write_bytes(b"half")
    assert len(key_in(tmp_path)) == KEY_BYTES


def test_a_place_that_cannot_be_used_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StorageError, match="key of links"):
        key_in(tmp_path / "file")
