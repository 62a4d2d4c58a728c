"""Quiet hours and addresses of channels, and which parts of an address nobody may read."""

from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from nvr.commands.resolved import resolved_text
from nvr.config import load
from nvr.config.notifications import quiet_hours
from nvr.errors import InvalidConfig
from nvr.masking import Secrets, secrets_of

BERLIN = ZoneInfo("Europe/Berlin")


@pytest.mark.parametrize(
    ("moment", "over"),
    [
        ("2026-11-22T21:59", None),
        ("2026-11-22T22:00", "2026-11-23T07:00"),
        ("2026-11-23T00:30", "2026-11-23T07:00"),
        ("2026-11-23T06:59:59", "2026-11-23T07:00"),
        ("2026-11-23T07:00", None),
        ("2026-10-24T23:00", "2026-10-25T07:00"),
    ],
)
def test_quiet_hours_last_past_midnight_on_the_sites_clock(moment: str, over: str | None) -> None:
    found = quiet_hours("22:00-07:00").end_after(datetime.fromisoformat(moment).replace(tzinfo=BERLIN))
    assert found == (over and datetime.fromisoformat(over).replace(tzinfo=BERLIN))


def test_quiet_hours_may_lie_within_a_day() -> None:
    hours = quiet_hours("12:00 - 14:30")
    assert hours.end_after(datetime(2026, 11, 22, 13, tzinfo=BERLIN)) == datetime(2026, 11, 22, 14, 30, tzinfo=BERLIN)
    assert hours.end_after(datetime(2026, 11, 22, 15, tzinfo=BERLIN)) is None


def test_no_part_of_a_channels_address_that_may_be_a_token_is_told(tmp_path: Path) -> None:
    urls = {
        "mail": "mailtos://nvr:canary-5f3a@mail.example:587?from=nvr@mail.example&to=me@mail.example",
        "bot": "tgram://123456789:canary-5f3a/lead2gold/",
        "hook": "jsons://hooks.example/services/canary-5f3a",
        "chat": "slack://canary-token/canary-5f3a/canary-other",
    }
    channels = "".join(f"      {name}: {{url: '{url}', kind: chat}}\n" for name, url in urls.items())
    text = (
        f"cameras: {{a: {{record: rtsp://a/1}}}}\nnotifications:\n  receivers:\n    people:\n     channels:\n{channels}"
    )
    (tmp_path / "nvr.yaml").write_text(text)
    secrets = Secrets(secrets_of(load(tmp_path / "nvr.yaml", {})))
    said = [secrets.redact(f"cannot reach {part}: refused") for url in urls.values() for part in (url, *url.split("/"))]
    assert not [each for each in said if "canary" in each]
    assert secrets.redact("no answer of hooks.example") == "no answer of hooks.example"


def configured(folder: Path, channel: str) -> Path:
    people = f"{{people: {{channels: {{way: {{{channel}}}}}}}}}"
    text = f"cameras: {{a: {{record: rtsp://a/1}}}}\nnotifications: {{receivers: {people}}}\n"
    (folder / "nvr.yaml").write_text(text)
    return folder / "nvr.yaml"


def test_a_webhooks_token_comes_from_a_file_or_the_environment_and_is_told_nobody(tmp_path: Path) -> None:
    (tmp_path / "token").write_text("canary-5f3a\n")
    (tmp_path / "token").chmod(0o600)
    for written in ("token_file: token", "token: '${HOOK}'"):
        config = configured(tmp_path, f"url: 'https://hook.example/x', kind: webhook, {written}")
        settings = load(config, {"HOOK": "canary-5f3a"})
        [channel] = settings.notifications.channels.values()
        assert channel.token == "canary-5f3a"
        assert "canary" not in repr(channel) + Secrets(secrets_of(settings)).redact("with canary-5f3a")
        assert "canary" not in resolved_text(settings)


@pytest.mark.parametrize(
    ("channel", "key", "said"),
    [
        ("url: 'json://hook.example/canary', kind: webhook", "url", "is not the address of a webhook"),
        ("url: 'https://hook.example:x/canary', kind: webhook", "url", "has no usable host and port"),
        ("url: 'json://hook.example/canary', kind: chat, token: canary", "token", "is for a webhook only"),
        ("url: 'https://hook.example/', kind: webhook, token: 'canary x'", "token", "is no usable token"),
    ],
)
def test_what_is_no_webhook_is_said_with_key_and_remedy(tmp_path: Path, channel: str, key: str, said: str) -> None:
    with pytest.raises(InvalidConfig) as raised:
        load(configured(tmp_path, channel), {})
    [mistake] = raised.value.mistakes
    assert mistake.key == f"notifications.receivers.people.channels.way.{key}"
    assert said in mistake.message
    assert mistake.hint
    assert "canary" not in str(raised.value)
