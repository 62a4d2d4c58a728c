"""No secret passes: neither by its place in a URL, nor in any form in which a program may print it."""

import logging
import time
from pathlib import Path

import pytest

from nvr.config import load
from nvr.masking import Secrets, mask_url, mask_written, secrets_of


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("rtsp://viewer:hunter2@cam/main", "rtsp://viewer:***@cam/main"),
        ("[rtsp @ 0x5] rtsp://a:b@c/1: 401, http://d:e@f/2", "[rtsp @ 0x5] rtsp://a:***@c/1: 401, http://d:***@f/2"),
        ("rtsp://viewer:hun#t/e?r@2@cam/main", "rtsp://viewer:***@cam/main"),
        ("rtsp://sometoken@cam/main", "rtsp://***@cam/main"),
        ("http://cam/live?user=a&password=hunter2&channel=1", "http://cam/live?user=a&password=***&channel=1"),
        ("rtsp://cam/user=a_password=hunter2", "rtsp://cam/user=a_password=***"),
        ("rtsp://cam:554/main and mail@example.org", "rtsp://cam:554/main and mail@example.org"),
        ("no URL at all", "no URL at all"),
    ],
)
def test_urls_lose_their_credentials(text: str, masked: str) -> None:
    assert mask_url(text) == masked


def test_a_written_variable_is_no_secret_and_what_stands_beside_it_is() -> None:
    assert mask_written("rtsp://viewer:${PASSWORD}@cam/main") == "rtsp://viewer:${PASSWORD}@cam/main"
    assert mask_written("rtsp://viewer:x${PASSWORD}@cam/main") == "rtsp://viewer:***@cam/main"
    assert mask_written("rtsp://viewer:hun ter2@cam/main") == "rtsp://viewer:***@cam/main"


def test_every_secret_of_the_settings_is_known(tmp_path: Path) -> None:
    file = tmp_path / "nvr.yaml"
    file.write_text("""
web: {token: t0ken}
database: {dsn: "http://nvr:data%40base@db:8123/nvr"}
cameras:
  one: {record: "rtsp://viewer:p%C3%A4ss@cam/1", detect: "http://cam/2?token=abc&channel=1"}
  two: {record: "rtsp://onlytoken@cam/1"}
""")
    secrets = secrets_of(load(file, {}))
    assert {"t0ken", "data@base", "data%40base", "p%C3%A4ss", "päss", "abc", "onlytoken"} <= secrets
    assert "1" not in secrets
    assert "viewer" not in secrets


@pytest.mark.parametrize("form", ["a/b@c d", "a%2Fb%40c%20d", "a%2fb%40c%20d", "a/b%40c%20d", "a%2Fb%40c+d"])
def test_a_secret_goes_in_each_of_its_forms(form: str) -> None:
    assert Secrets({"a/b@c d"}).redact(f"ffmpeg said {form}!") == "ffmpeg said ***!"


def test_short_secrets_leave_words_whole() -> None:
    secrets = Secrets({"ab"})
    assert secrets.redact("about ab: label") == "about ***: label"


def test_without_secrets_urls_are_masked_all_the_same() -> None:
    assert Secrets(()).redact("rtsp://a:b@c/") == "rtsp://a:***@c/"
    assert Secrets({""}).redact("text") == "text"


def test_a_log_record_and_its_traceback_lose_secrets(caplog: pytest.LogCaptureFixture) -> None:
    log = logging.getLogger("tests.masking")
    caplog.handler.addFilter(secrets := Secrets({"canary-5f3a"}))
    try:
        try:
            raise ValueError("canary-5f3a in an error")
        except ValueError:
            log.exception("no %s here", "canary-5f3a")
    finally:
        caplog.handler.removeFilter(secrets)
    assert "no *** here" in caplog.text
    assert "ValueError: *** in an error" in caplog.text
    assert "canary" not in caplog.text


def test_secrets_do_not_show_themselves() -> None:
    assert "canary" not in repr(Secrets({"canary-5f3a"}))


@pytest.mark.parametrize(
    "line", ["a" * 100_000, "://" * 30_000, "a://" * 25_000 + "@", "pass=" * 20_000, "@" * 100_000]
)
def test_a_long_line_takes_no_time(line: str) -> None:
    began = time.monotonic()
    mask_url(line)
    assert time.monotonic() - began < 1.0
