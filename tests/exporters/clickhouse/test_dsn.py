"""DSNs: what they name, and that no password shows."""

from pathlib import Path

import pytest

from exporters.clickhouse.dsn import parse
from nvr.errors import DatabaseError


def test_an_embedded_dsn_names_a_directory() -> None:
    dsn = parse("chdb:///var/lib/nvr/click%20house")
    assert (dsn.directory, dsn.database, dsn.embedded) == (Path("/var/lib/nvr/click house"), "nvr", True)
    assert str(dsn) == "chdb:///var/lib/nvr/click house"


def test_a_server_dsn_names_a_database_and_hides_the_password() -> None:
    dsn = parse("https://nvr:canary%2Fsecret@db.example:8443/cameras?verify=false")
    assert (dsn.database, dsn.directory, dsn.scheme) == ("cameras", None, "https")
    assert str(dsn) == "https://db.example:8443/cameras"
    assert "canary" not in repr(dsn)
    assert dsn.without_database == "https://nvr:canary%2Fsecret@db.example:8443?verify=false"
    assert dsn.mask("login nvr:canary/secret or canary%2Fsecret failed") == "login nvr:*** or *** failed"


def test_the_database_is_nvr_where_none_is_named() -> None:
    assert str(parse("http://[::1]:8123")) == "http://[::1]:8123/nvr"


@pytest.mark.parametrize("url", ["", "chdb://", "chdb:///", "sqlite:///a", "http:///nvr", "http://u:canary@host:x/nvr"])
def test_other_forms_are_refused_without_repeating_them(url: str) -> None:
    with pytest.raises(DatabaseError, match="write chdb:///absolute/path or http") as refusal:
        parse(url)
    assert "canary" not in str(refusal.value)
