from pathlib import Path

from tests.bench import retention


def test_deciding_and_deleting_are_measured_and_the_page_compares_them(tmp_path: Path) -> None:
    retention.main(tmp_path / "retention.md", count=30_000, files=300, rounds=1)
    lines = (tmp_path / "retention.md").read_text().splitlines()
    measured = [line.split("|")[1:-1] for line in lines if line.startswith("| ") and "---" not in line]
    assert [row[-1].strip() for row in measured if row[0].strip() in ("planned, as arrays", "unlink alone")] == [
        "1.0"
    ] * 2
    assert len(measured) == 2 + 4 + 3
