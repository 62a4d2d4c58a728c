"""Every file of the corpus is refused with its message, by `load` and by the installed command."""

import os
import subprocess
import sys
import traceback
from pathlib import Path

import pytest

from nvr.config import load
from nvr.errors import ConfigError, InvalidConfig

CORPUS = Path(__file__).parents[1] / "corpus"
FILES = sorted(CORPUS.glob("*.yaml"))
ENVIRON = {"FRONT_DOOR_PASSWORD": "canary-5f3a", "AWKWARD_PASSWORD": "canary/5#f3a", "EMPTY": ""}
NVR = Path(sys.executable).with_name("nvr")


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_bad_file_is_refused_with_its_message(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(CORPUS)
    with pytest.raises(InvalidConfig) as refusal:
        load(Path(file.name), ENVIRON)
    assert f"{refusal.value}\n" == file.with_suffix(".expected").read_text(encoding="utf-8")


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_no_secret_appears_in_a_refusal(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(CORPUS)
    with pytest.raises(ConfigError) as refusal:
        load(Path(file.name), ENVIRON)
    shown = [repr(refusal.value), "".join(traceback.format_exception(refusal.value)), repr(vars(refusal.value))]
    assert not [text for text in shown if "canary" in text or "5f3a" in text]


def test_every_expectation_has_its_file() -> None:
    assert {file.stem for file in CORPUS.glob("*.expected")} == {file.stem for file in FILES}
    assert len(FILES) >= 40


@pytest.mark.parametrize("name", ["many_mistakes", "camera_twice", "variable_missing", "unknown_key_nested", "tab"])
def test_the_command_ends_with_code_2_and_the_message(name: str) -> None:
    ended = subprocess.run(
        [NVR, "check", "-c", f"{name}.yaml"],
        cwd=CORPUS,
        env=os.environ | ENVIRON,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (ended.returncode, ended.stdout) == (2, "")
    assert ended.stderr == (CORPUS / f"{name}.expected").read_text(encoding="utf-8")
