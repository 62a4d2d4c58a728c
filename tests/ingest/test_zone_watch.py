"""Zones that ask for alerts, as a scrape sees them."""

from ingest.zone_watch import HELD_SECONDS, ZoneWatch


def test_a_visit_shorter_than_the_time_between_scrapes_is_seen() -> None:
    zones = ZoneWatch()
    zones.watch(["porch", "gate"])
    zones.touched({"porch", "street"}, 100.0)
    assert zones.active(100.0) == {"porch": True, "gate": False}
    assert zones.active(100.0 + HELD_SECONDS - 1)["porch"]
    assert not zones.active(100.0 + HELD_SECONDS)["porch"]


def test_other_settings_keep_what_is_known_of_zones_that_stay() -> None:
    zones = ZoneWatch()
    zones.watch(["porch"])
    zones.touched({"porch"}, 100.0)
    zones.watch(["porch", "gate"])
    assert zones.active(101.0) == {"porch": True, "gate": False}
    zones.watch([])
    assert zones.active(101.0) == {}
