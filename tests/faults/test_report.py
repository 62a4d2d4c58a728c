from tests.faults.report import Finding, page
from tests.faults.rows import ROWS


def test_every_row_has_a_line_and_what_was_not_run_says_so() -> None:
    lines = page([]).splitlines()
    assert sum("not run" in line for line in lines) == len(ROWS)


def test_a_row_shows_what_its_tests_measured() -> None:
    found = [
        Finding(6, "test_refused", ["lost 2.1 s"], 1.25, "passed"),
        Finding(6, "test_dns", [], 1.0, "passed"),
        Finding(18, "test_kill", ["lost 0 s"], 3.0, "failed"),
    ]
    lines = page(found).splitlines()
    assert any(line.startswith("| 6 ") and line.endswith("| lost 2.1 s; held | 2.2 |") for line in lines)
    assert any(line.startswith("| 18 ") and "**failed**: test_kill" in line for line in lines)
