"""A camera's motion settings as they are written, in the file and over HTTP: checked by the same rules, and told so."""

import json
from collections.abc import Mapping
from decimal import Decimal
from math import isfinite

from pydantic import ValidationError

from nvr.config.document import Document, Place, Written, dotted
from nvr.config.mistakes import mistakes_of
from nvr.config.model import MotionSection
from nvr.errors import InvalidConfig
from nvr.settings import MotionSettings

LONGEST_SHOWN = 60


def written(motion: MotionSettings) -> dict[str, float | str]:
    """Each key of the file with its value: numbers, and durations such as `5s`."""
    found: dict[str, float | str] = {}
    for key in MotionSection.model_fields:
        value = getattr(motion, key, None)
        found[key] = f"{_decimal(getattr(motion, f'{key}_seconds'))}s" if value is None else _whole(value)
    return found


def checked(camera: str, given: Mapping[str, object]) -> dict[str, str]:
    """What is given for some of the keys, as it is to stand in the file.

    Raises InvalidConfig, with the key, value and remedy of each mistake.
    """
    place = ("cameras", camera, "motion")
    document = Document("the request", written=_shown(given, place))
    try:
        MotionSection.model_validate(given)
    except ValidationError as error:
        document.mistakes.extend(mistakes_of(document, error, place))
    if document.mistakes:
        # Outside the handler, as pydantic's error holds the values.
        raise InvalidConfig(document.mistakes)
    return {key: _text(value) for key, value in given.items()}


def _shown(given: Mapping[str, object], place: Place) -> dict[Place, Written]:
    places = {(): Written(0, "", ""), place: Written(0, dotted(place), "a mapping")}
    for key, value in given.items():
        text = json.dumps(value, ensure_ascii=False) if isinstance(value, str) else str(value)
        shown = "a mapping" if isinstance(value, dict) else "a list" if isinstance(value, list) else text
        places[(*place, key)] = Written(0, dotted((*place, key)), shown[:LONGEST_SHOWN])
    return places


def _text(value: object) -> str:
    """Of what was found to be usable, and so is a text or a number."""
    assert isinstance(value, str | int | float)
    return value if isinstance(value, str) else _decimal(value)


def _decimal(value: float) -> str:
    """Without an exponent, which the file does not take."""
    assert isfinite(value)
    text = f"{Decimal(repr(value)):f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _whole(value: float) -> float:
    return int(value) if value == int(value) else value
