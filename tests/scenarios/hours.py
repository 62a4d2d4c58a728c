"""Hours of nuisances: how often each is taken for motion where nothing moves at all."""

from collections.abc import Mapping

from tests.scenarios.catalogue import SCENARIOS, Kind, Scenario

HOUR, SHORT = 3600.0, 180.0
"""Seconds that `python -m tests.bench.nuisances` shows of each, and those that the tests show."""

FALSE_IN_AN_HOUR: Mapping[str, int] = {}
"""False events in the hour of the tests' seed, of the nuisances that still have any. Figures here only ever sink."""

FALSE_IN_SHORT: Mapping[str, int] = {}
"""The same in the short form."""


def nuisances() -> list[Scenario]:
    return [scenario for scenario in SCENARIOS if scenario.kind is Kind.NUISANCE]
