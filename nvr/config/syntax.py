"""A YAML file as nodes, or what is wrong with its text."""

import re
from pathlib import Path

import yaml

from nvr.errors import ConfigError


class _Loader(yaml.SafeLoader):
    """YAML 1.2's plain values: `off` and `yes` are words and `1:30` is no number, unlike in YAML 1.1."""

    yaml_implicit_resolvers: dict[str, list[tuple[str, re.Pattern[str]]]] = {}


_Loader.add_implicit_resolver("bool", re.compile(r"(true|True|TRUE|false|False|FALSE)\Z"), list("tTfF"))
_Loader.add_implicit_resolver("int", re.compile(r"[-+]?[0-9]{1,18}\Z"), list("-+0123456789"))
_Loader.add_implicit_resolver("float", re.compile(r"[-+]?([0-9]{1,18}\.[0-9]*|\.[0-9]+)\Z"), list("-+0123456789."))
_Loader.add_implicit_resolver("null", re.compile(r"(~|null|Null|NULL|)\Z"), ["~", "n", "N", ""])

_YAML_HINTS = {
    "alias": "put a value that begins with * or & in quotes",
    "anchor": "put a value that begins with * or & in quotes",
    "tag": "put a value that begins with ! in quotes",
    "cannot start any token": "put a value that begins with %, @ or ` in quotes",
    "mapping values are not allowed": "check the indentation of this line, and put a value that holds ': ' in quotes",
    "single document": "write one document, without a second ---",
    "<block": "indent this line as far as the others of its kind",
}
"""By what PyYAML says of the problem or of its context."""


def composed(path: Path) -> yaml.Node:
    """The file's only document as nodes. Raises ConfigError."""
    return nodes(_text(path), str(path))


def nodes(text: str, file: str) -> yaml.Node:
    """A text's only document. Raises ConfigError, which says that it stands in `file`."""
    try:
        root = yaml.compose(text, _Loader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 0
        raise ConfigError("is not YAML", file=file, line=line, hint=_yaml_hint(error, text, line)) from None
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        hint = "it holds a control character; save it as plain text"
        raise ConfigError("is not YAML", file=file, line=line, hint=hint) from None
    except RecursionError:
        raise ConfigError("is nested too deeply", file=file, hint="use the documented keys only") from None
    if root is None:
        raise ConfigError("is empty", file=file, hint="begin with deploy/nvr.example.yaml") from None
    return root


def _text(path: Path) -> str:
    try:
        return path.read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        raise ConfigError("there is no such file", file=str(path), hint="name the file with -c nvr.yaml") from None
    except IsADirectoryError:
        raise ConfigError("is a directory", file=str(path), hint=f"name the file in it: -c {path}/nvr.yaml") from None
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise ConfigError("is not UTF-8 text", file=str(path), line=line, hint="save the file as UTF-8") from None
    except OSError as error:
        hint = "make it readable for the user that runs nvr"
        raise ConfigError(f"cannot be read: {error.strerror}", file=str(path), hint=hint) from None


def _yaml_hint(error: yaml.MarkedYAMLError, text: str, line: int) -> str:
    lines, problem = text.splitlines(), error.problem or "syntax error"
    written = lines[line - 1] if 0 < line <= len(lines) else ""
    if "\t" in written:
        return "indent with spaces, not with tabs"
    for sign, hint in _YAML_HINTS.items():
        if sign in problem or sign in (error.context or ""):
            return hint
    if "${" in written:
        return "put a value with ${NAME} in quotes where it stands between { and }"
    begun = f" of what begins in line {error.context_mark.line + 1}" if error.context_mark else ""
    # PyYAML quotes words of the file, and any word may be a password; `<scalar>` and signs are its own.
    unquoted = re.sub(r"'[^'<\s]{4,}'", "something", problem)
    return f"{unquoted}; check the quotes and brackets{begun}"
