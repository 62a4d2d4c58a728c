"""The page that `--faults-page FILE` asks for, written by whoever runs the tests, with workers or without."""

from pathlib import Path

import pytest

from tests.faults.report import Finding, page


class FaultsPage:
    """Gathers what the tests say, in this process or in a worker's, and writes the page at the end."""

    def __init__(self, target: Path) -> None:
        self._target = target
        self._findings: dict[str, Finding] = {}

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        said = dict(report.user_properties)  # of a test that was tried again, what it said last
        if "fault" not in said:
            return
        name = report.nodeid.rpartition("::")[2]
        finding = self._findings.setdefault(report.nodeid, Finding(int(str(said["fault"])), name))
        finding.seconds += report.duration
        if report.when == "call" or report.outcome != "passed":
            measured = said.get("measured", [])
            assert isinstance(measured, list)
            finding.measured, finding.outcome = measured, report.outcome

    def pytest_sessionfinish(self) -> None:
        self._target.write_text(page(self._findings.values()), encoding="utf-8")
