"""A YAML file as plain data that remembers where each value stands and how it was written."""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from nvr.config import syntax
from nvr.errors import ConfigError
from nvr.masking import MASK, mask_written, may_be_secret

Place = tuple[str | int, ...]
"""The way to a value: keys, and indices of lists."""

MOST_VALUES = 50_000


_SCALARS: dict[str, Callable[[str], Any]] = {
    "bool": lambda text: text.lower() == "true",
    "int": int,
    "float": float,
    "null": lambda _: None,
    "tag:yaml.org,2002:str": str,
    "!": str,
}
_TAGS = {
    yaml.ScalarNode: {*_SCALARS},
    yaml.MappingNode: {"tag:yaml.org,2002:map"},
    yaml.SequenceNode: {"tag:yaml.org,2002:seq"},
}


@dataclass(frozen=True, slots=True)
class Written:
    """How a value stands in the file: its key's line, the dotted key, the text with secrets masked."""

    line: int
    key: str
    text: str


@dataclass(slots=True)
class Document:
    file: str
    data: Any = None
    written: dict[Place, Written] = field(default_factory=dict)
    mistakes: list[ConfigError] = field(default_factory=list)

    def at(self, place: Place) -> Written:
        """The value there, or the nearest one around it that the file has."""
        while place not in self.written:
            place = place[:-1]
        return self.written[place]

    def mistaken(self, place: Place, message: str, hint: str) -> None:
        here = self.at(place)
        self.mistakes.append(
            ConfigError(message, file=self.file, line=here.line, key=here.key, value=here.text, hint=hint)
        )


def read(path: Path) -> Document:
    """Raises ConfigError where there is no YAML document to speak of; smaller mistakes are in the document."""
    document = Document(str(path))
    root = syntax.composed(path)
    if not isinstance(root, yaml.MappingNode):
        raise ConfigError(
            "is not a mapping of keys", file=str(path), line=1, hint="begin with a line such as: cameras:"
        )
    document.data = _Walk(document).value(root, (), root.start_mark.line + 1)
    return document


class _Walk:
    """Turns nodes into values, noting each in the document."""

    def __init__(self, document: Document) -> None:
        self._document, self._count = document, 0

    def value(self, node: yaml.Node, place: Place, line: int) -> Any:
        self._count += 1
        if self._count > MOST_VALUES or len(place) > 32:
            hint = "use fewer aliases (*name), and none that holds itself"
            raise ConfigError("holds too many values", file=self._document.file, line=line, hint=hint)
        self._document.written[place] = Written(line, dotted(place), _written(node, place))
        if node.tag not in _TAGS[type(node)]:
            self._document.mistaken(place, "has a YAML tag", "remove the word that begins with !")
            return None
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, place)
        if isinstance(node, yaml.SequenceNode):
            return [self.value(each, (*place, i), each.start_mark.line + 1) for i, each in enumerate(node.value)]
        return _SCALARS[node.tag](node.value)

    def _mapping(self, node: yaml.MappingNode, place: Place) -> dict[str, Any]:
        values: dict[str, Any] = {}
        for key_node, value_node in node.value:
            line = key_node.start_mark.line + 1
            if not isinstance(key_node, yaml.ScalarNode):
                self._document.mistaken(place, "holds a key that is no word", "write keys as plain words: key: value")
            elif key_node.value in values:
                self._twice((*place, key_node.value), line)
            else:
                values[key_node.value] = self.value(value_node, (*place, key_node.value), line)
        return values

    def _twice(self, place: Place, line: int) -> None:
        first = self._document.written[place]
        message = f"is given twice, first in line {first.line}"
        hint = "rename one of them or remove it"
        self._document.mistakes.append(
            ConfigError(message, file=self._document.file, line=line, key=first.key, hint=hint)
        )


def dotted(place: Place) -> str:
    """`cameras.front-door.masks[0]`."""
    text = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in place)
    return text.removeprefix(".")


def _written(node: yaml.Node, place: Place) -> str:
    if isinstance(node, yaml.ScalarNode):
        if place[:1] == ("notifications",) and "://" in node.value and "${" not in node.value:
            return MASK  # An address of Apprise is a secret as a whole, wherever it was put by mistake.
        return _scalar_written(node.value, str(place[-1]) if place else "")
    if isinstance(node, yaml.SequenceNode):
        return _pair(node) if len(node.value) == 2 else "a list"
    return "a mapping"


def _scalar_written(text: str, key: str) -> str:
    """As it stands there; a file of a secret only where it looks like a path, for it may be the secret itself."""
    is_path = key.endswith("_file") and text.startswith(("/", "./", "../"))
    if may_be_secret(key) and not is_path and not re.fullmatch(r"\$\{\w+\}", text):
        return MASK
    text = _shortened(mask_written(text))
    return text if text.isprintable() and text == text.strip() else json.dumps(text, ensure_ascii=False)


def _shortened(text: str, most: int = 120) -> str:
    return text if len(text) <= most else text[: most - 3] + "..."


def _pair(node: yaml.SequenceNode) -> str:
    """A corner of a polygon, which is short enough to be shown."""
    scalars = [each.value for each in node.value if isinstance(each, yaml.ScalarNode) and each.tag in ("int", "float")]
    return f"[{', '.join(scalars)}]" if len(scalars) == 2 else "a list"
