"""From pydantic's errors to sentences about the file: line, key, value as written, and what to write instead."""

from difflib import get_close_matches
from typing import Any, TypeGuard, get_args

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from nvr.config.document import Document, Place, dotted
from nvr.config.model import ConfigSection, Section
from nvr.config.references import SECRETS
from nvr.config.values import Unusable
from nvr.errors import ConfigError
from nvr.masking import MASK, may_be_secret

_SHAPES = {
    "model_type": ("is not a mapping", "write `key: value` lines below it, further to the right"),
    "dict_type": ("is not a mapping", "write a name and a colon for each, below it and further to the right"),
}


def mistakes_of(document: Document, error: ValidationError, below: Place = ()) -> list[ConfigError]:
    """One for each error, but none about a value that the document already complained about.

    The error is of the section that stands `below` those keys.
    """
    reported = {(mistake.line, mistake.key) for mistake in document.mistakes}
    found = [_mistake(document, each, below) for each in error.errors(include_url=False)]
    return [mistake for mistake in found if (mistake.line, mistake.key) not in reported]


def _mistake(document: Document, error: ErrorDetails, below: Place) -> ConfigError:
    place = (*below, *(step for step in error["loc"] if step != "[key]"))
    reason = error.get("ctx", {}).get("error")
    if error["type"] == "extra_forbidden":
        return _unknown(document, place)
    if error["type"] == "missing":
        return _missing(document, place)
    if error["loc"][-1:] == ("[key]",) and isinstance(reason, Unusable):
        return _told(document, place, reason.message, reason.hint, value=str(place[-1]))
    if isinstance(reason, Unusable):
        return _told(document, (*place, *reason.below), reason.message, reason.hint)
    if error["input"] is None:
        return _told(
            document, place, "is empty", "write what belongs to it below it, further to the right, or remove it"
        )
    return _told(document, place, *_SHAPES.get(error["type"], ("cannot be used", "see docs/reference/settings.md")))


def _told(document: Document, place: Place, message: str, hint: str, *, value: str | None = None) -> ConfigError:
    here = document.at(place)
    if value is None:
        value = here.text if here.text != "null" else ""
    key = here.key if place in document.written else dotted(place)
    return ConfigError(message, file=document.file, line=here.line, key=key, value=value, hint=hint)


def _missing(document: Document, place: Place) -> ConfigError:
    field = section_at(place[:-1]).model_fields[str(place[-1])]
    example = (field.examples or ["..."])[0]
    return _told(document, place, "is missing", f"add {place[-1]}: {example}", value="")


def _unknown(document: Document, place: Place) -> ConfigError:
    """The value is shown only where the key is surely none of a secret."""
    key, keys = str(place[-1]), keys_of(section_at(place[:-1]))
    near = get_close_matches(key.lower().replace("-", "_"), keys, 1)
    elsewhere = [name for name, inner in _sections_in(section_at(place[:-1])) if key in keys_of(inner)]
    hint = f"known here: {', '.join(keys)}"
    if near:
        hint = f"did you mean {near[0]}? {hint}"
    elif elsewhere:
        hint = f"write it below {elsewhere[0]}; {hint}"
    known = (near or (elsewhere and [key]) or [""])[0]
    text = document.at(place).text
    harmless = known not in ("", *SECRETS) and not may_be_secret(known) and not may_be_secret(key)
    return _told(document, place, "is an unknown key", hint, value=text if harmless or text.startswith("a ") else MASK)


def keys_of(section: type[Section]) -> list[str]:
    """The keys a section takes, a secret's `_file` form among them."""
    keys = list(section.model_fields)
    return [each for key in keys for each in ((key, f"{key}_file") if key in SECRETS else (key,))]


def section_at(place: Place) -> type[Section]:
    kind: Any = ConfigSection
    for step in place:
        kind = kind.model_fields[str(step)].annotation if _is_section(kind) else get_args(kind)[-1]
    assert _is_section(kind)
    return kind


def _sections_in(section: type[Section]) -> list[tuple[str, type[Section]]]:
    fields = [(key, field.annotation) for key, field in section.model_fields.items()]
    return [(key, kind) for key, kind in fields if _is_section(kind)]


def _is_section(kind: Any) -> TypeGuard[type[Section]]:
    return isinstance(kind, type) and issubclass(kind, Section)
