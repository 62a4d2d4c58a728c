"""Durations, sizes, shares, numbers and names as people write them."""

import pytest

from nvr.config import values
from nvr.config.values import Unusable
from nvr.settings import Budget


@pytest.mark.parametrize(
    ("text", "seconds"), [("60s", 60), ("5m", 300), ("12h", 43200), ("7d", 604800), ("2w", 1209600), ("0.5 s", 0.5)]
)
def test_durations(text: str, seconds: float) -> None:
    assert values.duration(text) == seconds


@pytest.mark.parametrize(
    "text", ["60", 60, "", "s", "-3s", "5M", "1h30m", "7 days", "1e3s", "٣s", "9" * 400 + "s", None, True]
)
def test_what_is_no_duration(text: object) -> None:
    with pytest.raises(Unusable, match="is not a duration"):
        values.duration(text)


@pytest.mark.parametrize(
    ("text", "size_bytes"),
    [("500GB", 500 * 10**9), ("1TiB", 1 << 40), ("1.5 GiB", 3 << 29), ("7 B", 7), ("64kB", 64000), ("64KiB", 1 << 16)],
)
def test_sizes(text: str, size_bytes: int) -> None:
    assert values.size(text) == size_bytes


@pytest.mark.parametrize(
    "text", ["500", 500, "500G", "500gb", "500Gb", "500 gigabytes", "-1GB", "9" * 400 + "GB", None]
)
def test_what_is_no_size(text: object) -> None:
    with pytest.raises(Unusable, match="is not a size"):
        values.size(text)


def test_a_budget_is_a_share_or_a_size() -> None:
    assert values.budget("90%") == Budget(fraction=0.9)
    assert values.budget("100%") == Budget(fraction=1.0)
    assert values.budget("1TiB") == Budget(fraction=None, size_bytes=1 << 40)
    assert values.budget("50GB free") == Budget(fraction=None, free_bytes=50 * 10**9)


@pytest.mark.parametrize("text", ["0%", "100.1%", "1MB", "0.9", 0.9, "90 percent"])
def test_what_is_no_budget(text: object) -> None:
    with pytest.raises(Unusable):
        values.budget(text)


@pytest.mark.parametrize("name", ["a", "0", "front-door", "a_b", "a" * 32])
def test_names(name: str) -> None:
    assert values.name(name) == name


@pytest.mark.parametrize("name", ["", "-a", "_a", "A", "a" * 33, "a b", "a/b", "a.b", "ä", "a\n", ".."])
def test_what_is_no_name(name: str) -> None:
    with pytest.raises(Unusable):
        values.name(name)


@pytest.mark.parametrize("value", [True, None, "x", "", [1], "0x10", "1e1", "9" * 400])
def test_what_is_no_number(value: object) -> None:
    with pytest.raises(Unusable, match="is not a number"):
        values.number_between(0, 1)(value)


def test_footage_stays_for_a_century_at_most() -> None:
    assert values.age_or_never("never") is None
    assert values.age_or_never("5200w") == values.age("36400d")
    with pytest.raises(Unusable, match="out of range"):
        values.age_or_never("999999999w")
