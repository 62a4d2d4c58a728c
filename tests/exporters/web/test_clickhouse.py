"""ClickHouse's HTTP interface as drivers know it: the real clients of Python and JavaScript, and plain HTTP."""

import asyncio
import gzip
import json
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import clickhouse_connect
import httpx
import pytest
from clickhouse_connect.driver.exceptions import DatabaseError

from exporters.clickhouse.client import Database, connect
from exporters.clickhouse.guest import Guests
from exporters.clickhouse.schema import create_schema
from exporters.web.app import create_app
from exporters.web.sources import Sources
from nvr.settings import WebSettings
from tests.exporters.web.serving import serving

TOKEN = "canary-token"
JAVASCRIPT = Path(__file__).with_name("javascript")
GAPS = """INSERT INTO gaps (site, camera, start, end, cause, version) VALUES
('home', 'door', '2026-11-22 12:00:00.250', NULL, 'eof', 1),
('home', 'yard', '2026-11-22 13:00:00', '2026-11-22 13:01:00', 'dns', 1)"""


@pytest.fixture
def port(sources: Sources, tmp_path: Path) -> Iterator[int]:
    directory = tmp_path / "clickhouse"
    with asyncio.Runner() as runner:
        database: Database = runner.run(connect(f"chdb://{directory}"))
        runner.run(create_schema(database))
        runner.run(database.command(GAPS))
        guests = Guests(directory)
        web = WebSettings(token=TOKEN)
        try:
            with serving(create_app(replace(sources, guests=guests, web=web))) as port:
                yield port
        finally:
            runner.run(guests.close())
            runner.run(database.close())


@pytest.fixture
def http(port: int) -> Iterator[httpx.Client]:
    key = {"X-ClickHouse-User": "grafana", "X-ClickHouse-Key": TOKEN}
    with httpx.Client(base_url=f"http://127.0.0.1:{port}", headers=key, trust_env=False, timeout=30) as client:
        yield client


def test_clickhouse_connect_finds_rows_types_and_refusals(port: int) -> None:
    client = clickhouse_connect.get_client(
        host="127.0.0.1", port=port, proxy_path="clickhouse", username="anybody", password=TOKEN, tz_mode="aware"
    )
    found = client.query("SELECT camera, start, `end` FROM gaps WHERE cause = {cause:String}", {"cause": "eof"})
    assert found.result_rows == [("door", datetime(2026, 11, 22, 12, 0, 0, 250_000, UTC), None)]
    with pytest.raises(DatabaseError, match="file"):
        client.query("SELECT file('/etc/passwd')")
    with pytest.raises(DatabaseError, match="ACCESS_DENIED"):
        client.command("DROP TABLE gaps")
    client.close()


def test_the_javascript_client_finds_rows_and_refusals(port: int, tmp_path: Path) -> None:
    if shutil.which("npm") is None:
        pytest.skip("npm is not installed")
    folder = tmp_path / "javascript"
    shutil.copytree(JAVASCRIPT, folder)
    install = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline"]
    installed = subprocess.run(install, check=False, cwd=folder, capture_output=True, text=True, timeout=120)
    if installed.returncode:
        pytest.skip(f"npm cannot install the client: {installed.stderr.strip().splitlines()[-1:]}")
    address = f"http://127.0.0.1:{port}"
    ask = ["node", "ask.mjs", address, TOKEN]
    done = subprocess.run(ask, check=False, cwd=folder, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    answered = json.loads(done.stdout)
    assert answered["rows"] == [{"camera": "door"}, {"camera": "yard"}]
    assert answered["ping"] == {"success": True}
    assert answered["refused"] == ["497", "164"]


def test_the_handshake_of_grafanas_driver_is_answered_in_native_blocks(http: httpx.Client) -> None:
    asked = {"default_format": "Native", "database": "default", "client_protocol_version": "54460"}
    statement = "SELECT displayName(), version(), revision(), timezone()"
    answer = http.post("/clickhouse/", params=asked, content=statement)
    assert answer.status_code == 200, answer.text
    assert answer.content[:2] == b"\x04\x01", "four columns, one row"
    assert b"\x06String" in answer.content
    assert answer.headers["X-ClickHouse-Format"] == "Native"


@pytest.mark.parametrize(
    ("output", "expected"),
    [
        ("JSON", {"data": [{"camera": "door"}]}),
        ("CSV", '"door"\n'),
        ("TabSeparated", "door\n"),
        ("JSONEachRow", '{"camera":"door"}\n'),
    ],
)
def test_formats_are_asked_for_in_the_query_the_address_or_a_header(
    http: httpx.Client, output: str, expected: object
) -> None:
    statement, ending = "SELECT camera FROM gaps WHERE cause = 'eof'", f"WHERE cause = 'eof' FORMAT {output}"
    answers = (
        http.get("/clickhouse/", params={"query": f"{statement} FORMAT {output}"}),
        http.get("/clickhouse", params={"query": statement, "default_format": output}),
        http.post("/clickhouse/", content=statement, headers={"X-ClickHouse-Format": output}),
        http.post("/clickhouse/", params={"query": "SELECT camera FROM gaps"}, content=ending),
    )
    for answer in answers:
        assert answer.status_code == 200, answer.text
        found = {"data": answer.json()["data"]} if output == "JSON" else answer.text
        assert found == expected


def test_bodies_and_answers_are_packed(http: httpx.Client) -> None:
    packed = gzip.compress(b"SELECT number FROM numbers(10000) FORMAT TSV")
    answer = http.post("/clickhouse/", content=packed, headers={"Content-Encoding": "gzip"})
    assert answer.headers["Content-Encoding"] == "gzip"
    assert answer.text.count("\n") == 10_000
    bomb = gzip.compress(b"SELECT 1 " + b" " * 10_000_000)
    assert http.post("/clickhouse/", content=bomb, headers={"Content-Encoding": "gzip"}).status_code == 413
    assert http.post("/clickhouse/", content=b"x", headers={"Content-Encoding": "gzip"}).status_code == 400


@pytest.mark.parametrize(
    ("asked", "code", "status"),
    [
        ({"query": "SELECT"}, "62", 400),
        ({"query": "SELECT nothing"}, "47", 404),
        ({"query": "SELECT * FROM nowhere"}, "60", 404),
        ({"query": "SELECT file('/etc/passwd')"}, "497", 403),
        ({"query": "SELECT 1", "readonly_or_not": "1"}, "164", 400),
        ({"query": "SELECT 1", "allow_ddl": "1"}, "164", 400),
        ({"query": "SELECT 1", "database": "system"}, "81", 404),
        ({"query": "SELECT 1", "compress": "1"}, "48", 400),
        ({"query": "SELECT {a:UInt8}", "param_a": "x"}, "457", 400),
    ],
)
def test_errors_are_typed_as_clickhouse_types_them(
    http: httpx.Client, asked: dict[str, str], code: str, status: int
) -> None:
    answer = http.get("/clickhouse/", params=asked)
    assert (answer.headers["X-ClickHouse-Exception-Code"], answer.status_code) == (code, status), answer.text
    assert answer.text.startswith(f"Code: {code}. DB::Exception: ")


def test_only_who_has_the_token_is_answered(port: int, http: httpx.Client) -> None:
    address = f"http://127.0.0.1:{port}/clickhouse/?query=SELECT+1"
    for headers in (
        {},
        {"X-ClickHouse-Key": "wrong"},
        {"Authorization": "Basic Zm9vOmJhcg=="},
        {"Authorization": "Basic !"},
    ):
        answer = httpx.get(address, headers=headers, trust_env=False)
        assert (answer.status_code, answer.headers["X-ClickHouse-Exception-Code"]) == (401, "516")
        assert TOKEN not in answer.text
    assert httpx.get(address, auth=("anybody", TOKEN), trust_env=False).text == "1\n"
    assert httpx.get(address, headers={"Authorization": f"Bearer {TOKEN}"}, trust_env=False).text == "1\n"
    assert http.get("/clickhouse/ping").text == "Ok.\n"
    assert http.get("/api/cameras", headers={"X-ClickHouse-Key": TOKEN}).status_code == 401, (
        "a driver's login is for its door"
    )


def test_a_server_of_its_own_is_to_be_asked_itself(sources: Sources) -> None:
    with serving(create_app(sources)) as port:
        answer = httpx.get(f"http://127.0.0.1:{port}/clickhouse/?query=SELECT+1", trust_env=False)
    assert answer.headers["X-ClickHouse-Exception-Code"] == "344"
