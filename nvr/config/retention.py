"""How long footage stays, as it is written: for the volume under `storage`, and for a camera under its own `storage`.

A class of footage that is not named keeps what holds for the volume, or the recorder's own value.
"""

from math import inf
from typing import Annotated

from pydantic import BeforeValidator

from nvr.config import values
from nvr.config.values import Unusable
from nvr.settings import Ages, Budget, RetentionSettings

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


def _merged(general: Ages, own: dict[str, float]) -> Ages:
    return Ages(*(own.get(name, getattr(general, name)) for name in DELETED_CLASSES))
