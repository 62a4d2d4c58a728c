import json
import subprocess
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner, Result

from ingest.ffmpeg import executable
from nvr.commands.scan import ScanError, parse_zone, scan
from tests.processor.scenes import Paint, overlap, shoot, walker

PROGRAM = typer.Typer()
PROGRAM.command()(scan)


def film(target: Path, paint: Paint | None) -> Path:
    """Twenty seconds at 10 fps through a real encoder, at 640 x 360."""
    raw = b"".join(shot.picture.tobytes() for shot in shoot(20, paint, fps=10))
    size = ["-f", "rawvideo", "-pix_fmt", "gray", "-s", "160x90", "-r", "10", "-i", "pipe:0"]
    encoding = ["-vf", "scale=640:360", "-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", str(target)]
    subprocess.run([executable(), "-v", "error", "-y", *size, *encoding], input=raw, check=True)
    return target


@pytest.fixture(scope="module")
def busy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return film(tmp_path_factory.mktemp("scan") / "busy.mp4", walker(8, 14, path=(0.2, 0.6)))


@pytest.fixture(scope="module")
def quiet(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return film(tmp_path_factory.mktemp("scan") / "quiet.mp4", None)


def run(*arguments: object) -> Result:
    return CliRunner().invoke(PROGRAM, [str(argument) for argument in arguments])


def test_motion_in_a_file_is_found_with_true_times_and_box(busy: Path) -> None:
    result = run(busy, "--json")
    assert result.exit_code == 0
    [found] = json.loads(result.stdout)
    assert set(found) == {"file", "start_seconds", "end_seconds", "peak", "bbox", "zones"}
    assert found["file"] == str(busy)
    assert found["start_seconds"] == pytest.approx(8, abs=0.41)
    assert found["end_seconds"] == pytest.approx(13.9, abs=0.41)
    assert overlap(tuple(found["bbox"]), (0.15, 0.4, 0.5, 0.45)) >= 0.6
    assert 0 < found["peak"] <= 1
    assert found["zones"] == []


def test_several_files_are_scanned_each_by_itself(busy: Path, quiet: Path) -> None:
    found = json.loads(run(quiet, busy, busy, "--json").stdout)
    assert [one["file"] for one in found] == [str(busy), str(busy)]
    assert found[0] == found[1]


def test_people_get_a_table(busy: Path) -> None:
    result = run(busy)
    assert result.exit_code == 0
    assert "busy.mp4" in result.stdout
    assert "0:00:08" in result.stdout


def test_people_are_told_of_no_motion(quiet: Path) -> None:
    result = run(quiet)
    assert (result.exit_code, result.stdout) == (0, "no motion found\n")
    assert json.loads(run(quiet, "--json").stdout) == []


def test_zones_are_named_where_something_moved(busy: Path) -> None:
    zones = ["--zone", "door=0.1,0.3,0.3,0.6", "--zone", "sky=0,0,1,0.2"]
    [found] = json.loads(run(busy, "--json", *zones).stdout)
    assert found["zones"] == ["door"]


def test_sensitivity_and_minimum_area_are_obeyed(busy: Path) -> None:
    assert json.loads(run(busy, "--json", "--sensitivity", 0).stdout) == []
    assert json.loads(run(busy, "--json", "--min-area", 0.5).stdout) == []


def test_activity_is_one_line_per_analysed_picture(busy: Path, tmp_path: Path) -> None:
    target = tmp_path / "activity.jsonl"
    assert run(busy, "--json", "--activity", target).exit_code == 0
    lines = [json.loads(line) for line in target.read_text().splitlines()]
    assert [line["t"] for line in lines] == pytest.approx([number / 5 for number in range(100)])
    assert all(line["grid"] == [18, 32] for line in lines)
    assert {bool(line["cells"]) for line in lines if 8.5 < line["t"] < 13.5} == {True}
    assert {bool(line["cells"]) for line in lines if line["t"] < 8 or line["t"] > 14.5} == {False}
    assert all((line["score"] > 0) == bool(line["cells"]) for line in lines)
    assert all(cell < 18 * 32 for line in lines for cell in line["cells"])


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--zone", "door"], "NAME=x,y,w,h"),
        (["--zone", "=0,0,1,1"], "NAME=x,y,w,h"),
        (["--zone", "door=0,0,1"], "NAME=x,y,w,h"),
        (["--zone", "door=0.5,0,0.6,1"], "not a zone inside the picture: door=0.5,0,0.6,1"),
        (["--zone", "door=a,0,1,1"], "NAME=x,y,w,h"),
        (["--zone", "door=nan,0,1,1"], "NAME=x,y,w,h"),
        (["--zone", "door=0,0,1,1", "--zone", "door=0,0,1,1"], "two zones are named door"),
        (["--activity", "/nowhere/at/all"], "/nowhere/at/all"),
        (["--sensitivity", "101"], "--sensitivity"),
        (["--min-area", "2"], "--min-area"),
    ],
)
def test_wrong_options_are_refused_with_a_remedy(quiet: Path, arguments: list[str], said: str) -> None:
    result = run(quiet, *arguments)
    assert result.exit_code == 2
    assert said in result.stderr
    assert result.stdout == ""


def test_a_missing_or_bad_file_is_named(tmp_path: Path) -> None:
    bad = tmp_path / "bad.mp4"
    bad.write_text("no video")
    for path, said in ((tmp_path / "missing.mp4", "no such video file"), (bad, "cannot decode")):
        result = run(path, "--json")
        assert result.exit_code == 2
        assert said in result.stderr
        assert path.name in result.stderr


def test_a_zone_is_a_rectangle_of_fractions() -> None:
    zone = parse_zone("door=0.25,0.5,0.5,0.5")
    assert (zone.name, zone.points) == ("door", ((0.25, 0.5), (0.75, 0.5), (0.75, 1.0), (0.25, 1.0)))
    with pytest.raises(ScanError):
        parse_zone("door=0,0,0,0")
