"""Row 36: a configuration that cannot be used ends with code 2 and says where, what and what instead."""

import json
import os
import random
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from nvr.config import load
from nvr.errors import InvalidConfig
from tests.e2e.live import NVR
from tests.faults.conftest import Measured
from tests.nvr.config.test_corpus import CORPUS, ENVIRON

EXAMPLE = Path(__file__).parents[3] / "deploy" / "nvr.example.yaml"
WHERE = re.compile(r"^[^\n:]+\.yaml(:\d+)?: .+\n  \S.+", re.MULTILINE)
"""File, line, what is wrong; and on the next line the remedy."""

EACH_IN_TURN = """
import contextlib, io, json, sys
from nvr.cli import main
told, names = {}, sys.argv[1:]
for command in ("check", "run"):
    for name in names:
        out, err, code = io.StringIO(), io.StringIO(), None
        sys.argv = ["nvr", command, "-c", name]
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            try:
                main()
            except SystemExit as end:
                code = end.code
        told[f"{command} {name}"] = (code, out.getvalue(), err.getvalue())
print(json.dumps(told))
"""

NASTY: tuple[Any, ...] = (
    None,
    [],
    {},
    "",
    " ",
    0,
    -1,
    10**30,
    1e308,
    float("inf"),
    float("nan"),
    True,
    "\x07",
    "${",
    "${NOBODY}",
    "a" * 100_000,
    "\N{PILE OF POO}",
    "\N{RIGHT-TO-LEFT OVERRIDE}x",
    ["a"],
    {"a": "b"},
    {"x": {"y": {"z": []}}},
    "-",
    "0s",
    "1e9d",
    "../../../etc/passwd",
    "rtsp://",
    "rtsp://[",
    "rtsp://a:b@c:99999/d",
    "http://\N{LATIN SMALL LETTER SHARP S}.example",
)


@pytest.mark.fault(36)
def test_the_whole_corpus_ends_with_code_2_file_line_and_remedy(tmp_path: Path, measured: Measured) -> None:
    """In one process, since starting is what takes the time."""
    folder = shutil.copytree(CORPUS, tmp_path / "corpus")
    names = sorted(file.name for file in folder.glob("*.yaml"))
    before = sorted(tmp_path.rglob("*"))
    command = [sys.executable, "-c", EACH_IN_TURN, *names]
    done = subprocess.run(
        command, cwd=folder, env=os.environ | ENVIRON, capture_output=True, text=True, timeout=100, check=True
    )
    told = json.loads(done.stdout)
    assert len(told) == 2 * len(names) >= 80
    for which, (code, out, err) in told.items():
        expected = (folder / which.split()[1]).with_suffix(".expected").read_text(encoding="utf-8")
        assert (code, out, err) == (2, "", expected), which
        assert WHERE.search(err), which
        assert "Traceback" not in err
    assert sorted(tmp_path.rglob("*")) == before, "a refused configuration leaves nothing behind"
    measured(f"{len(names)} files, with `nvr check` and `nvr run`: code 2, place and remedy")


@pytest.mark.fault(36)
@pytest.mark.parametrize("name", ["record_password_with_slash", "key_twice", "latin1"])
def test_the_installed_command_records_nothing(name: str, tmp_path: Path) -> None:
    folder = shutil.copytree(CORPUS, tmp_path / "corpus")
    command = [str(NVR), "run", "-c", f"{name}.yaml"]
    done = subprocess.run(
        command, cwd=folder, env=os.environ | ENVIRON, capture_output=True, text=True, timeout=60, check=False
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == (CORPUS / f"{name}.expected").read_text(encoding="utf-8")
    assert not (folder / "recordings").exists()


@pytest.mark.fault(36)
def test_an_example_spoilt_at_random_is_used_or_refused_and_never_a_mistake_of_ours(
    tmp_path: Path, measured: Measured
) -> None:
    example = yaml.safe_load(EXAMPLE.read_text(encoding="utf-8"))
    example["cameras"]["garage"]["audio"] = "off"  # a switch to other readers of YAML
    draw = random.Random(36)
    refused = 0
    file = tmp_path / "nvr.yaml"
    for _ in range(120):
        spoilt = json.loads(json.dumps(example))
        place, key = draw.choice(list(_places(spoilt)))
        place[key] = draw.choice(NASTY)
        file.write_text(yaml.safe_dump(spoilt, allow_unicode=True), encoding="utf-8")
        if refusal := _refusal(file):
            assert WHERE.search(refusal), (key, refusal)
            assert len(refusal) < 5000, key
            assert "canary" not in refusal
            refused += 1
    assert refused < 120
    measured(f"{refused} of 120 random mistakes refused, none a traceback")


def _refusal(file: Path) -> str:
    try:
        load(file, {"FRONT_DOOR_PASSWORD": "canary-5f3a"})
    except InvalidConfig as refusal:
        return str(refusal)
    return ""


def _places(node: Any) -> Any:
    """Every mapping and list of the document, with each of its keys."""
    items = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for key, value in items:
        yield node, key
        yield from _places(value)
