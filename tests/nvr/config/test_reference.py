"""docs/reference/settings.md and deploy/nvr.example.yaml say what the code does."""

import re
from pathlib import Path
from typing import Any

import pytest
from pydantic import TypeAdapter

from nvr.config import load, model
from nvr.config.mistakes import section_at
from nvr.config.references import SECRETS
from nvr.settings import Settings

ROOT = Path(__file__).parents[3]
REFERENCE = (ROOT / "docs" / "reference" / "settings.md").read_text(encoding="utf-8")
EXAMPLE = ROOT / "deploy" / "nvr.example.yaml"
SECTIONS: dict[str, type[model.Section]] = {
    "The top level": model.ConfigSection,
    "`storage`": model.StorageSection,
    "`database`": model.DatabaseSection,
    "`web`": model.WebSection,
    "`notifications`": model.NotificationsSection,
    "A receiver: `notifications.receivers.NAME`": model.ReceiverSection,
    "A channel: `notifications.receivers.NAME.channels.NAME`": model.ChannelSection,
    "`log`": model.LogSection,
    "`defaults`": model.DefaultsSection,
    "A camera: `cameras.NAME`": model.CameraSection,
    "Recording: `cameras.NAME.recording` and `defaults.recording`": model.RecordingSection,
    "Motion: `cameras.NAME.motion` and `defaults.motion`": model.MotionSection,
    "A camera's footage: `cameras.NAME.storage`": model.CameraStorageSection,
    "A zone: `cameras.NAME.zones.NAME`": model.ZoneSection,
}


def table(heading: str) -> dict[str, str]:
    """Key and default of each row."""
    part = REFERENCE.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    return {key: default.strip() for key, default in re.findall(r"^\| `(\w+)` \| ([^|]*)\|", part, re.MULTILINE)}


@pytest.mark.parametrize("heading", SECTIONS)
def test_the_reference_lists_each_key_once_and_no_other(heading: str) -> None:
    assert list(table(heading)) == list(SECTIONS[heading].model_fields)


@pytest.mark.parametrize("heading", SECTIONS)
def test_the_reference_has_the_defaults(heading: str, tmp_path: Path) -> None:
    for key, documented in table(heading).items():
        field = SECTIONS[heading].model_fields[key]
        assert (documented == "required") == field.is_required(), key
        written = re.fullmatch(r"`(.+)`", documented)
        if written:
            assert read(SECTIONS[heading], key, written[1], tmp_path) == default_of(SECTIONS[heading], key, tmp_path), (
                key
            )


def read(section: type[model.Section], key: str, text: str, directory: Path) -> Any:
    """The value that the documented text becomes, by the field's own reader."""
    field = section.model_fields[key]
    annotation: Any = field.rebuild_annotation()
    reader = TypeAdapter(list[annotation], config={"arbitrary_types_allowed": True})
    return reader.validate_python([text], context={"directory": directory})[0]


def default_of(section: type[model.Section], key: str, directory: Path) -> Any:
    default = section.model_fields[key].get_default(call_default_factory=True)
    return read(section, key, default, directory) if section.model_fields[key].validate_default else default


def test_every_section_of_the_model_is_documented() -> None:
    found = {section_at(()), *(kind for kind in vars(model).values() if isinstance(kind, type))}
    assert {kind for kind in found if issubclass(kind, model.Section)} - {model.Section} == set(SECTIONS.values())


def test_secrets_that_may_come_from_files_are_documented() -> None:
    assert all(f"`{key}_file`" in REFERENCE for key in SECRETS)


def test_the_examples_of_the_reference_load(tmp_path: Path) -> None:
    [example] = re.findall(r"```yaml\n(.*?)```", REFERENCE, re.DOTALL)
    (tmp_path / "nvr.yaml").write_text(example)
    assert list(load(tmp_path / "nvr.yaml", {"FRONT_DOOR_PASSWORD": "x"}).cameras) == ["front-door"]


def test_the_example_file_loads_and_says_the_defaults_where_it_says_so() -> None:
    settings = load(EXAMPLE, {"FRONT_DOOR_PASSWORD": "x"})
    assert isinstance(settings, Settings)
    assert list(settings.cameras) == ["front-door", "garage"]
    assert settings.storage.path == EXAMPLE.parent / "recordings"


def test_what_the_example_file_has_in_comments_loads_too(tmp_path: Path) -> None:
    text = EXAMPLE.read_text(encoding="utf-8")
    wanted = {
        "token_file": "token_file: ./token",
        "external_url": None,
        "grafana_url": None,
        "docs_url": None,
        "keep": None,
    }
    for key, instead in wanted.items():
        line = re.search(rf"# ({key}: .*)", text)
        assert line, key
        text = text.replace(line[0], instead or line[1])
    text = re.sub(r"  dsn: chdb.*\n  # dsn:", "  dsn:", text)
    (tmp_path / "token").write_text("s3cret")
    (tmp_path / "token").chmod(0o600)
    (tmp_path / "nvr.yaml").write_text(text)
    settings = load(tmp_path / "nvr.yaml", {"FRONT_DOOR_PASSWORD": "x", "CLICKHOUSE_PASSWORD": "y"})
    assert settings.database.dsn == "http://nvr:y@clickhouse.example:8123/nvr"
    assert settings.database.keep_days == 400
    assert settings.web.token == "s3cret"
