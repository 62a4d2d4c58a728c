"""What a document refers to: `${VARIABLE}` of the environment, and `*_file`, whose content is a secret."""

import logging
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nvr.config.document import Document, Place
from nvr.config.values import Unusable

SECRETS = ("record", "detect", "dsn", "token", "url")
"""The keys that may be given as `KEY_file`."""

log = logging.getLogger(__name__)

_REFERENCE = re.compile(r"\$\$|\$\{([^}]*)(\}?)")
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*", re.ASCII)


def resolve_references(document: Document, directory: Path, environ: Mapping[str, str]) -> None:
    """Put the referenced values in place; what cannot be found becomes a mistake of the document."""
    document.data = _Resolver(document, directory, environ).resolved(document.data, ())


def expand(text: str, environ: Mapping[str, str]) -> str:
    """`$${` stands for `${`. Raises Unusable for a variable that is missing or empty."""

    def value(reference: re.Match[str]) -> str:
        if reference[0] == "$$":
            return "$"
        variable = reference[1]
        if not reference[2] or not _VARIABLE.fullmatch(variable):
            raise Unusable("holds a ${ that names no variable", "write ${NAME}, or $${ for the characters themselves")
        if not environ.get(variable):
            state = "is empty" if variable in environ else "is not set"
            hint = f"export {variable}, or set it in the service's environment; $${{{variable}}} means the text itself"
            raise Unusable(f"refers to the variable {variable}, which {state}", hint)
        return environ[variable]

    return _REFERENCE.sub(value, text)


def secret_of(path: Path) -> str:
    """The one line that the file holds. Raises Unusable, which does not name the path: it may be the secret itself."""
    try:
        text = path.read_text(encoding="utf-8").strip()
    except FileNotFoundError:
        raise Unusable(
            "names a file that does not exist", "write the path of a file that holds the secret, and create it"
        ) from None
    except (OSError, UnicodeDecodeError):
        raise Unusable("names a file that cannot be read", "make it readable text for the user that runs nvr") from None
    if not text:
        raise Unusable("names a file that is empty", "write the secret into it")
    if "\n" in text:
        raise Unusable("names a file of several lines", "leave only the secret in it")
    if path.stat().st_mode & 0o004:
        log.warning("%s holds a secret and every user of this machine can read it: chmod o-r %s", path, path)
    return text


@dataclass(frozen=True, slots=True)
class _Resolver:
    document: Document
    directory: Path
    environ: Mapping[str, str]

    def resolved(self, data: Any, place: Place) -> Any:
        if isinstance(data, dict):
            return self._mapping({key: self.resolved(value, (*place, key)) for key, value in data.items()}, place)
        if isinstance(data, list):
            return [self.resolved(value, (*place, index)) for index, value in enumerate(data)]
        return self._text(data, place) if isinstance(data, str) else data

    def _text(self, text: str, place: Place) -> str:
        try:
            return expand(text, self.environ)
        except Unusable as error:
            self.document.mistaken(place, error.message, error.hint)
            return text

    def _mapping(self, data: dict[str, Any], place: Place) -> dict[str, Any]:
        for key in SECRETS:
            if f"{key}_file" in data:
                data = self._with_secret(data, key, (*place, f"{key}_file"))
        return data

    def _with_secret(self, data: dict[str, Any], key: str, place: Place) -> dict[str, Any]:
        name = data.pop(f"{key}_file")
        if key in data:
            self.document.mistaken(place, f"is given beside {key}", "keep one of the two")
            return data
        self.document.written[(*place[:-1], key)] = self.document.written[place]
        return {**data, key: self._content(name, place)}

    def _content(self, name: Any, place: Place) -> str:
        if isinstance(name, str) and name:
            try:
                return secret_of(self.directory / name)
            except Unusable as error:
                self.document.mistaken(place, error.message, error.hint)
        else:
            self.document.mistaken(place, "is not the path of a file", "write the path of a file that holds the secret")
        return ""
