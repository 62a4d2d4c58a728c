"""How long footage stays, as it is written: for the volume under `storage`, and for a camera under its own `storage`.

A class of footage that is not named keeps what holds for the volume, or the recorder's own value.
"""

from collections.abc import Callable, Mapping
from math import inf
from typing import Annotated, TypeVar

from pydantic import BeforeValidator

from nvr.config import values
from nvr.config.values import Unusable
from nvr.errors import ConfigError
from nvr.settings import Ages, Budget, RetentionSettings

T = TypeVar("T")

KEPT_CLASSES, DELETED_CLASSES = ("continuous", "motion"), ("continuous", "motion", "protected")


def _by_class(value: object, classes: tuple[str, ...], read: values.Reader) -> dict[str, float]:
    """An age for all footage but the protected, or one for each class that is named."""
    if not isinstance(value, dict):
        return dict.fromkeys(KEPT_CLASSES, read(value))
    found = {}
    for name, each in value.items():
        if name not in classes:
            raise Unusable("is no class of footage", f"write {', '.join(classes[:-1])} or {classes[-1]}", str(name))
        try:
            found[str(name)] = read(each)
        except Unusable as error:
            raise Unusable(error.message, error.hint, str(name)) from error
    return found


def _deleted(value: object) -> float:
    age = values.age_or_never(value)
    return inf if age is None else age


KeptAges = Annotated[dict[str, float], BeforeValidator(lambda value: _by_class(value, KEPT_CLASSES, values.age))]
DeletedAges = Annotated[dict[str, float], BeforeValidator(lambda value: _by_class(value, DELETED_CLASSES, _deleted))]
Threshold = Annotated[float, BeforeValidator(values.share)]


def promised(
    general: RetentionSettings, budget: Budget, keep_at_least: dict[str, float], delete_after: dict[str, float]
) -> RetentionSettings:
    """What holds where this replaces some of `general`. Raises Unusable where it contradicts itself."""
    keep, delete = _merged(general.keep_at_least, keep_at_least), _merged(general.delete_after, delete_after)
    if any(getattr(keep, name) > getattr(delete, name) for name in KEPT_CLASSES):
        where = "delete_after" if keep == general.keep_at_least else "keep_at_least"
        hint = "lower keep_at_least (7d unless given) or raise delete_after (30d unless given)"
        raise Unusable("promises more than delete_after leaves: footage would go before it may", hint, where)
    return RetentionSettings(budget, keep, delete, general.trigger, general.target)


LIMITS = ("budget", "keep_at_least", "delete_after")


def changed(general: RetentionSettings, given: Mapping[str, str]) -> RetentionSettings:
    """What would hold with some of the LIMITS replaced, written as in the file; ages of classes as `motion=30d,...`.

    Raises ConfigError with the `key` and `value` that are wrong.
    """
    try:
        own = _read(given, "budget", values.budget, general.budget)
        keep = _read(given, "keep_at_least", lambda text: _by_class(_classes(text), KEPT_CLASSES, values.age), _NONE)
        gone = _read(given, "delete_after", lambda text: _by_class(_classes(text), DELETED_CLASSES, _deleted), _NONE)
        return promised(general, own, keep, gone)
    except Unusable as error:
        name = str(error.below[0])
        raise ConfigError(error.message, file="limits", key=name, value=given.get(name, ""), hint=error.hint) from error


_NONE: dict[str, float] = {}


def _read(given: Mapping[str, str], name: str, read: Callable[[str], T], otherwise: T) -> T:
    try:
        return read(given[name]) if name in given else otherwise
    except Unusable as error:
        raise Unusable(error.message, error.hint, name, *error.below) from error


def _classes(text: str) -> object:
    """`continuous=2d,motion=30d` as the mapping that it is in the file."""
    if "=" not in text:
        return text
    parts = (each.strip().partition("=") for each in text.split(","))
    return {name: age for name, _, age in parts}


def _merged(general: Ages, own: dict[str, float]) -> Ages:
    return Ages(*(own.get(name, getattr(general, name)) for name in DELETED_CLASSES))
