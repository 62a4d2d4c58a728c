"""A camera's motion settings changed in the text of a configuration file, and nothing else of it.

The text is edited where the values stand, so that comments, order, quotes, variables and spacing stay as they are. The
result is then read again: where more than what was wanted has changed, as an alias makes it, the edit is refused.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import yaml

from nvr.config import syntax
from nvr.errors import ConfigError, Unchangeable

Plain = Any
"""Nodes without their places: dictionaries, lists, and `(tag, text)` for scalars."""


@dataclass(frozen=True, slots=True)
class Edit:
    """Characters of the text from `start` to `end` that are replaced."""

    start: int
    end: int
    replacement: str


def with_motion(text: str, camera: str, values: Mapping[str, str], file: str) -> str:
    """The text in which the camera's `motion` has these values, written as they are to stand there.

    `load` takes the text, and it has the camera. Raises Unchangeable where it is written in too involved a way.
    """
    root = syntax.nodes(text, file)
    motion = _below(root, "cameras", camera, "motion")
    try:
        edited = _applied(text, _edits(text, _below(root, "cameras", camera), motion, values))
        done = plain(syntax.nodes(edited, file)) == _wanted(plain(root), camera, values)
    except (ConfigError, _NoPlace):
        done = False
    if not done:
        raise Unchangeable(
            "is written so that it can only be changed by hand",
            file=file,
            line=motion.start_mark.line + 1 if motion else 0,
            key=f"cameras.{camera}.motion",
            hint=f"write into the file: motion: {_flow(values)}; an alias (*name) stands for itself everywhere",
        )
    return edited


class _NoPlace(Exception):
    """There is no line to write behind."""


def plain(node: yaml.Node) -> Plain:
    if isinstance(node, yaml.MappingNode):
        return {key.value: plain(value) for key, value in node.value}
    if isinstance(node, yaml.SequenceNode):
        return [plain(each) for each in node.value]
    return node.tag, node.value


def _wanted(root: Plain, camera: str, values: Mapping[str, str]) -> Plain:
    motion = root["cameras"][camera].get("motion", {})
    new = {key: plain(syntax.nodes(value, "")) for key, value in values.items()}
    cameras = root["cameras"] | {camera: root["cameras"][camera] | {"motion": motion | new}}
    return root | {"cameras": cameras}


def _below(node: yaml.Node | None, *keys: str) -> yaml.Node | None:
    for key in keys:
        if not isinstance(node, yaml.MappingNode):
            return None
        node = next((value for name, value in node.value if name.value == key), None)
    return node


def _edits(text: str, camera: yaml.Node | None, motion: yaml.Node | None, values: Mapping[str, str]) -> list[Edit]:
    if not isinstance(camera, yaml.MappingNode) or not isinstance(motion, yaml.MappingNode | None):
        raise _NoPlace
    if motion is None:
        return [_added(text, camera, {"motion": _flow(values)})]
    there = {key.value: value for key, value in motion.value}
    edits = [
        Edit(there[key].start_mark.index, there[key].end_mark.index, value)
        for key, value in values.items()
        if key in there
    ]
    new = {key: value for key, value in values.items() if key not in there}
    return [*edits, _added(text, motion, new)] if new else edits


def _added(text: str, section: yaml.MappingNode, entries: Mapping[str, str]) -> Edit:
    if section.flow_style:
        place = section.value[-1][1].end_mark.index if section.value else section.end_mark.index - 1
        separator = ", " if section.value else ""
        return Edit(place, place, separator + _flow(entries)[1:-1])
    key = _last_of_one_line(section)
    newline = "\r\n" if "\r\n" in text else "\n"
    indent = newline + " " * key.start_mark.column
    place = _line_end(text, key.start_mark.index)
    return Edit(place, place, "".join(f"{indent}{name}: {value}" for name, value in entries.items()))


def _last_of_one_line(section: yaml.MappingNode) -> yaml.Node:
    """The key of the last entry that ends in the line in which it begins."""
    for key, value in reversed(section.value):
        if isinstance(value, yaml.ScalarNode) and key.start_mark.line == value.start_mark.line == value.end_mark.line:
            assert isinstance(key, yaml.Node)
            return key
    raise _NoPlace


def _line_end(text: str, place: int) -> int:
    end = text.find("\n", place)
    if end < 0:
        return len(text)
    return end - 1 if text[end - 1] == "\r" else end


def _flow(values: Mapping[str, str]) -> str:
    return "{" + ", ".join(f"{key}: {value}" for key, value in values.items()) + "}"


def _applied(text: str, edits: list[Edit]) -> str:
    for edit in sorted(edits, key=lambda edit: edit.start, reverse=True):
        text = text[: edit.start] + edit.replacement + text[edit.end :]
    return text
