"""A camera's motion settings are written into its file, and every other character of it stays."""

import re
from difflib import ndiff
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from nvr.config.editing import with_motion
from nvr.errors import Unchangeable

ROOT = Path(__file__).parents[3]
EXAMPLES = [
    (ROOT / "deploy" / "nvr.example.yaml").read_text(encoding="utf-8"),
    *(
        text
        for page in sorted((ROOT / "docs").rglob("*.md"))
        for text in re.findall(r"```yaml\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL)
        if re.search(r"^cameras:$", text, re.MULTILINE)
    ),
]
WANTED = {"sensitivity": "70", "off_after": "5s"}


def lines_changed(before: str, after: str) -> list[str]:
    """`- old` and `+ new`, with their line ends."""
    return [line for line in ndiff(before.splitlines(True), after.splitlines(True)) if line[0] in "+-"]


@pytest.mark.parametrize("text", EXAMPLES, ids=lambda text: text[:20].strip())
def test_documented_files_change_by_the_wanted_line_only(text: str) -> None:
    for camera in yaml.safe_load(text)["cameras"]:
        changed = lines_changed(text, with_motion(text, camera, WANTED, "nvr.yaml"))
        assert len(changed) <= 2
        assert [line for line in changed if line[0] == "+" and "sensitivity: 70" in line and "off_after: 5s" in line]


CAMERA = "cameras:\n  door:\n    record: rtsp://u:${PASSWORD}@camera/main   # the old one\n"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (CAMERA, CAMERA + "    motion: {sensitivity: 70, off_after: 5s}\n"),
        (CAMERA.strip(), CAMERA + "    motion: {sensitivity: 70, off_after: 5s}"),
        (
            CAMERA.replace("\n", "\r\n"),
            (CAMERA + "    motion: {sensitivity: 70, off_after: 5s}\n").replace("\n", "\r\n"),
        ),
        (
            CAMERA + "    motion:\n        sensitivity: '20' # low\n\n    # zones come later\n",
            CAMERA + "    motion:\n        sensitivity: 70 # low\n        off_after: 5s\n\n    # zones come later\n",
        ),
        (
            CAMERA + "    motion:\n      off_after: ${OFF}\n      sensitivity:   1\n    masks: []\n",
            CAMERA + "    motion:\n      off_after: 5s\n      sensitivity:   70\n    masks: []\n",
        ),
        (CAMERA + "    motion: {}\n", CAMERA + "    motion: {sensitivity: 70, off_after: 5s}\n"),
        (
            CAMERA + "    motion: {fps: 2,  # few\n      off_after: 1s}\n",
            CAMERA + "    motion: {fps: 2,  # few\n      off_after: 5s, sensitivity: 70}\n",
        ),
        (
            'cameras: {door: {record: "a.mp4"}, yard: {record: b.mp4}}',
            'cameras: {door: {record: "a.mp4", motion: {sensitivity: 70, off_after: 5s}}, yard: {record: b.mp4}}',
        ),
        (
            "x: &url rtsp://camera/main\n" + CAMERA + "  yard:\n    audio: off\n    record: *url\n",
            "x: &url rtsp://camera/main\n"
            + CAMERA
            + "    motion: {sensitivity: 70, off_after: 5s}\n  yard:\n    audio: off\n    record: *url\n",
        ),
    ],
)
def test_the_file_keeps_its_form(text: str, expected: str) -> None:
    assert with_motion(text, "door", WANTED, "nvr.yaml") == expected


@pytest.mark.parametrize(
    "text",
    [
        CAMERA + "    motion: &all {sensitivity: 20}\n  yard:\n    record: a.mp4\n    motion: *all\n",
        CAMERA
        + "    motion: &all {sensitivity: 20}\n  yard: {record: a.mp4, motion: {fps: 3}}\ndefaults: {motion: *all}\n",
        "cameras:\n  door: &door\n    record: a.mp4\n  yard: *door\n",
        CAMERA + "    motion:\n      sensitivity: &s 20\n    zones: {porch: {sensitivity: *s}}\n",
        "cameras:\n  door:\n    record:\n      a.mp4\n",
    ],
)
def test_what_means_more_than_one_thing_is_left_to_people(text: str) -> None:
    with pytest.raises(Unchangeable, match=r"cameras\.door\.motion: is written so that") as refusal:
        with_motion(text, "door", WANTED, "nvr.yaml")
    assert "motion: {sensitivity: 70, off_after: 5s}" in refusal.value.hint


KEYS = {
    "sensitivity": st.integers(0, 100).map(str),
    "fps": st.sampled_from(["0.5", "2", "12.5"]),
    "min_area": st.sampled_from(["0", "0.002"]),
    "cooldown": st.sampled_from(["0s", "1.5s", "5 m"]),
}
MOTIONS = st.fixed_dictionaries({}, optional=KEYS)
SPACE = st.sampled_from(["", "  # a note: {with} 'signs'", "\n\n# a line of its own", "   "])


@st.composite
def files(draw: st.DrawFn) -> str:
    """Files as people write them: indents, styles, notes, order and line ends vary."""
    step, newline = " " * draw(st.integers(1, 5)), draw(st.sampled_from(["\n", "\r\n"]))
    lines = [draw(st.sampled_from(["cameras:", "site: home\ncameras:", "# mine\n\ncameras:  # all of them"]))]
    for name in ("door", "yard"):
        motion = draw(st.none() | MOTIONS)
        entries = ["record: 'rtsp://u:${P}@camera/main'" + draw(SPACE)]
        if motion is not None and (not motion or draw(st.booleans())):
            inner = ", ".join(f"{key}: {value}" for key, value in motion.items())
            entries.append(f"motion: {{{inner}}}" + draw(SPACE))
        elif motion:
            entries.append(
                "motion:" + draw(SPACE) + "".join(f"\n{step}{k}: {v}{draw(SPACE)}" for k, v in motion.items())
            )
        if draw(st.booleans()):
            entries.append(
                "zones:\n" + step + "porch: {points: [[0, 0],\n " + step * 3 + "[1, 0], [1, 1]], alert: true}"
            )
        body = "\n".join(draw(st.permutations(entries)))
        lines += [f"{step}{name}:{draw(SPACE)}", *(f"{step * 2}{line}" for line in body.split("\n"))]
    return newline.join("\n".join(lines).split("\n")) + draw(st.sampled_from(["", newline]))


@settings(max_examples=150, deadline=None)
@given(files(), st.sampled_from(["door", "yard"]), MOTIONS.filter(bool))
def test_only_the_wanted_keys_change_whatever_the_file_looks_like(
    text: str, camera: str, wanted: dict[str, str]
) -> None:
    edited = with_motion(text, camera, wanted, "nvr.yaml")
    expected = yaml.safe_load(text)
    motion = expected["cameras"][camera].setdefault("motion", {})
    motion.update({key: yaml.safe_load(value) for key, value in wanted.items()})
    assert yaml.safe_load(edited) == expected
    assert re.findall(r"#[^\r\n]*", edited) == re.findall(r"#[^\r\n]*", text)
    assert edited.count("\r\n") == (edited.count("\n") if "\r\n" in text else 0)
    assert sum(line[0] == "-" for line in lines_changed(text, edited)) <= max(1, len(wanted))
