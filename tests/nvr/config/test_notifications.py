"""Quiet hours and addresses of channels, and which parts of an address nobody may read."""

from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from nvr.config import load
from nvr.config.notifications import quiet_hours
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
