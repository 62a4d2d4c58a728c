"""A catalogue of which some pages are damaged: what no file tells of is put together from what is left."""

import json
import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from ingest.catalogue import Catalogue
from ingest.catalogue_file import ASIDE, CatalogueFile
from ingest.protections_file import NAME
from nvr.housekeeping import Protection
from nvr.model import Cause, Gap
from tests.ingest.conftest import NOON

BURGLARY = Protection("a", "yard", NOON, NOON + timedelta(minutes=1), "a burglary", NOON)
GAP = Gap("yard", NOON, NOON + timedelta(minutes=1), Cause.EOF)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Of a catalogue with a protection and a gap."""
    path = tmp_path / "catalogue.sqlite"
    with closing(Catalogue(path)) as catalogue:
        catalogue.protections.add(BURGLARY)
        catalogue.gaps.put(GAP)
    return path


def damage(path: Path, table: str) -> None:
    """Write over the page that a table begins with."""
    with closing(sqlite3.connect(path)) as database:
        [page] = database.execute("SELECT rootpage FROM sqlite_master WHERE name = ?", (table,)).fetchone()
        [size] = database.execute("PRAGMA page_size").fetchone()
    with path.open("r+b") as file:
        file.seek((page - 1) * size)
        file.write(b"\xa5" * size)


def told(path: Path) -> tuple[list[Protection], list[Gap]]:
    with closing(Catalogue(path)) as catalogue:
        gaps = catalogue.gaps.between("yard", NOON, NOON + timedelta(days=1))
        return [found.protection for found in catalogue.protections.all()], gaps


def test_one_damaged_page_costs_no_protection(path: Path) -> None:
    damage(path, "protections")
    assert told(path) == ([BURGLARY], [GAP])


def test_what_could_not_be_read_is_said(path: Path, caplog: pytest.LogCaptureFixture) -> None:
    damage(path, "gaps")
    assert told(path) == ([BURGLARY], [])
    assert "gaps: 0 (" in caplog.text
    assert "protections: 1" in caplog.text


def test_a_table_that_the_open_file_does_not_give_is_read_from_the_one_set_aside(path: Path) -> None:
    (path.parent / NAME).unlink()
    file = CatalogueFile(path)
    file.write(lambda database: database.execute("CREATE TEMP TABLE protections (id)"))  # hides the one in the file
    (path.parent / NAME).unlink(missing_ok=True)
    file._renew("a trial")
    assert file.rows("SELECT id FROM main.protections") == [("a",)]
    assert file.rows("SELECT cause FROM gaps") == [(Cause.EOF,)]
    file.close()


def test_protections_outlive_a_catalogue_that_is_gone_altogether(path: Path) -> None:
    path.unlink()
    assert told(path) == ([BURGLARY], [])


def test_those_of_an_earlier_release_are_written_down_when_it_is_opened(path: Path) -> None:
    kept = path.parent / NAME
    before = kept.read_text(encoding="utf-8")
    kept.unlink()
    told(path)
    assert kept.read_text(encoding="utf-8") == before


def test_a_protection_that_was_removed_does_not_come_back(path: Path) -> None:
    with closing(Catalogue(path)) as catalogue:
        catalogue.protections.remove("a")
    damage(path, "gaps")
    assert told(path) == ([], [])


@pytest.mark.parametrize("content", ["", "{", "3", "[3]", '[["a"]]', json.dumps([["a", "yard", "0", 1, "why", 2]])])
def test_a_file_of_protections_that_is_damaged_costs_none(path: Path, content: str) -> None:
    (path.parent / NAME).write_text(content, encoding="utf-8")
    assert told(path) == ([BURGLARY], [GAP])


def test_the_last_damaged_files_are_kept(path: Path) -> None:
    for _ in range(ASIDE + 2):
        path.write_bytes(b"this is no database" * 100)
        told(path)
    assert len(list(path.parent.glob("*.corrupt-*"))) == ASIDE
