"""From a file to settings: what is merged, resolved and defaulted, and what is told about files that are none."""

import contextlib
import logging
import pickle
import random
from math import inf
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from nvr.config import load
from nvr.config.loading import host_timezone
from nvr.errors import InvalidConfig
from nvr.settings import Ages, Budget, MotionSettings, RetentionSettings, Settings

CAMERA = "cameras:\n  front-door:\n    record: rtsp://viewer:${PASSWORD}@camera.example/main\n"
ENVIRON = {"PASSWORD": "canary-5f3a", "TZ": "Europe/Berlin"}


def loaded(directory: Path, text: str, **environ: str) -> Settings:
    file = directory / "nvr.yaml"
    file.write_text(text, encoding="utf-8")
    return load(file, ENVIRON | environ)


def refused(directory: Path, text: str, **environ: str) -> str:
    with pytest.raises(InvalidConfig) as refusal:
        loaded(directory, text, **environ)
    return str(refusal.value)


def test_one_camera_is_a_whole_configuration(tmp_path: Path) -> None:
    settings = loaded(tmp_path, CAMERA)
    assert settings.site == "home"
    assert settings.timezone == ZoneInfo("Europe/Berlin")
    assert settings.storage.path == tmp_path / "recordings"
    assert settings.storage.retention.budget == Budget(fraction=0.9)
    assert settings.database.dsn == f"chdb://{tmp_path}/data/clickhouse"
    assert settings.database.spool == tmp_path / "data" / "spool"
    assert (settings.web.host, settings.web.port, settings.web.token) == ("127.0.0.1", 8080, None)
    assert settings.cameras["front-door"].record == "rtsp://viewer:canary-5f3a@camera.example/main"
    assert settings.cameras["front-door"].motion == MotionSettings()


def test_the_settings_own_defaults_are_those_of_the_file(tmp_path: Path) -> None:
    settings = loaded(tmp_path, CAMERA)
    assert settings.storage == type(settings.storage)(path=tmp_path / "recordings")
    assert settings.web == type(settings.web)()
    assert settings.database == type(settings.database)(settings.database.dsn, settings.database.spool)
    assert settings.database.spool_limit_bytes == 1 << 30


@pytest.mark.parametrize(("keep", "days"), [("forever", None), ("1d", 1), ("36h", 2), ("400d", 400)])
def test_rows_are_kept_for_whole_days_or_for_ever(tmp_path: Path, keep: str, days: int | None) -> None:
    assert loaded(tmp_path, f"database: {{keep: {keep}}}\n{CAMERA}").database.keep_days == days


def test_a_camera_overrides_defaults_key_by_key(tmp_path: Path) -> None:
    text = """
defaults: {audio: off, motion: {sensitivity: 30, fps: 2, pre_roll: 10s}}
cameras:
  one: {record: rtsp://camera.example/1}
  two: {record: rtsp://camera.example/2, audio: auto, motion: {sensitivity: 50}}
"""
    one, two = loaded(tmp_path, text).cameras.values()
    assert (one.audio, one.motion) == ("off", MotionSettings(sensitivity=30, fps=2, pre_roll_seconds=10))
    assert (two.audio, two.motion) == ("auto", MotionSettings(sensitivity=50, fps=2, pre_roll_seconds=10))


def test_zones_and_masks_become_polygons(tmp_path: Path) -> None:
    text = """
cameras:
  one:
    record: rtsp://camera.example/1
    zones: {porch: {points: [[0, 0], [1, 0], [1, 0.5]], sensitivity: 70, min_area: 0.01, alert: true}}
    masks: [[[0, 0], [1, 0], [1, 0.08], [0, 0.08]]]
"""
    camera = loaded(tmp_path, text).cameras["one"]
    [zone] = camera.zones
    assert (zone.name, zone.sensitivity, zone.min_area, zone.alert) == ("porch", 70, 0.01, True)
    assert zone.points == ((0.0, 0.0), (1.0, 0.0), (1.0, 0.5))
    assert camera.masks == (((0.0, 0.0), (1.0, 0.0), (1.0, 0.08), (0.0, 0.08)),)


def test_relative_paths_start_at_the_file_and_not_at_the_working_directory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "clip.mp4").touch()
    (tmp_path / "nvr.yaml").write_text(
        "storage: {path: footage}\ndatabase: {dsn: 'chdb:///./db', spool: spool}\ncameras: {a: {record: ./clip.mp4}}\n"
    )
    monkeypatch.chdir(tmp_path / "elsewhere")
    settings = load(Path("../nvr.yaml"), {})
    assert settings.storage.path.resolve() == tmp_path / "footage"
    assert Path(settings.cameras["a"].record).resolve() == tmp_path / "clip.mp4"
    assert settings.storage.path.is_absolute()


def test_absolute_paths_and_servers_stay_as_they_are(tmp_path: Path) -> None:
    text = "storage: {path: /var/lib/nvr}\ndatabase: {dsn: 'https://nvr:${PASSWORD}@db.example:8443/nvr'}\n" + CAMERA
    settings = loaded(tmp_path, text)
    assert settings.storage.path == Path("/var/lib/nvr")
    assert settings.database.dsn == "https://nvr:canary-5f3a@db.example:8443/nvr"


def test_the_embedded_database_lies_beside_a_file_in_a_folder_with_a_space(tmp_path: Path) -> None:
    folder = tmp_path / "my nvr"
    folder.mkdir()
    assert loaded(folder, CAMERA).database.dsn == f"chdb://{tmp_path}/my%20nvr/data/clickhouse"


def test_secrets_come_from_files(tmp_path: Path) -> None:
    for name, secret in {
        "token": "s3cret",
        "camera": "rtsp://a:b@camera.example/1",
        "dsn": "http://db:8123/nvr",
    }.items():
        (tmp_path / name).write_text(f"{secret}\n")
        (tmp_path / name).chmod(0o600)
    text = """
web: {listen: "0.0.0.0:8080", token_file: token}
database: {dsn_file: ./dsn}
cameras: {one: {record_file: camera}}
"""
    settings = loaded(tmp_path, text)
    assert settings.web.token == "s3cret"
    assert settings.database.dsn == "http://db:8123/nvr"
    assert settings.cameras["one"].record == "rtsp://a:b@camera.example/1"


def test_a_secret_that_everybody_may_read_is_warned_of(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "token").write_text("s3cret")
    (tmp_path / "token").chmod(0o644)
    with caplog.at_level(logging.WARNING):
        loaded(tmp_path, "web: {token_file: token}\n" + CAMERA)
    assert "every user of this machine can read it" in caplog.text
    assert "s3cret" not in caplog.text


def test_a_bad_secret_in_a_file_is_told_at_the_files_line_and_not_quoted(tmp_path: Path) -> None:
    (tmp_path / "camera").write_text("ftp://viewer:canary-5f3a@camera.example/1")
    (tmp_path / "camera").chmod(0o600)
    told = refused(tmp_path, "cameras:\n  one:\n    record_file: ./camera\n")
    assert f"{tmp_path}/nvr.yaml:3: cameras.one.record_file: has a scheme that cannot be recorded, got ./camera" in told
    assert "canary" not in told


def test_numbers_may_come_from_variables(tmp_path: Path) -> None:
    text = "defaults: {motion: {sensitivity: '${SENSITIVITY}', fps: '${FPS}'}}\n" + CAMERA
    motion = loaded(tmp_path, text, SENSITIVITY="70", FPS="2.5").cameras["front-door"].motion
    assert (motion.sensitivity, motion.fps) == (70, 2.5)


def test_two_dollars_are_one(tmp_path: Path) -> None:
    settings = loaded(tmp_path, "site: $${PASSWORD} costs 5$\n" + CAMERA)
    assert settings.site == "${PASSWORD} costs 5$"


def test_off_and_times_of_day_are_no_yaml_surprises(tmp_path: Path) -> None:
    settings = loaded(tmp_path, "site: no\ncameras: {1: {record: rtsp://camera.example/1, audio: off}}\n")
    assert (settings.site, settings.cameras["1"].audio) == ("no", "off")


def test_footage_may_stay_for_ever(tmp_path: Path) -> None:
    assert loaded(tmp_path, "storage: {delete_after: never}\n" + CAMERA).storage.retention.delete_after == Ages(
        inf, inf
    )


def test_pages_lose_the_slash_at_their_end(tmp_path: Path) -> None:
    settings = loaded(tmp_path, "web: {external_url: 'https://nvr.example/nvr/'}\n" + CAMERA)
    assert settings.web.external_url == "https://nvr.example/nvr"
    assert settings.web.prefix == "/nvr"


@pytest.mark.parametrize("path", ["//nvr", "/a//b", "/../x", "/a b", "/%6e", "/n?x=1", "/n#x"])
def test_a_page_with_a_path_that_browsers_would_change_is_refused(tmp_path: Path, path: str) -> None:
    with pytest.raises(InvalidConfig, match="external_url"):
        loaded(tmp_path, f"web: {{external_url: 'https://nvr.example{path}'}}\n" + CAMERA)


def test_all_mistakes_are_told_at_once_in_the_order_of_their_lines(tmp_path: Path) -> None:
    with pytest.raises(InvalidConfig) as refusal:
        loaded(
            tmp_path,
            "site: 7\ncameras:\n  A: {record: rtsp://x/1}\n  b: {record: 'rtsp://${NONE}/1'}\nweb: {listen: x}\n",
        )
    assert [mistake.line for mistake in refusal.value.mistakes] == [1, 3, 4, 5]


@pytest.mark.parametrize("seed", range(8))
def test_a_damaged_file_loads_or_is_refused_and_never_crashes(tmp_path: Path, seed: int) -> None:
    example = (Path(__file__).parents[3] / "deploy" / "nvr.example.yaml").read_bytes()
    chance = random.Random(seed)
    for _ in range(20):
        file = tmp_path / "damaged.yaml"
        file.write_bytes(damaged(example, chance))
        with contextlib.suppress(InvalidConfig):
            load(file, {"FRONT_DOOR_PASSWORD": "x"})


def damaged(text: bytes, chance: random.Random) -> bytes:
    data = bytearray(text)
    for _ in range(chance.randint(1, 4)):
        place = chance.randrange(len(data))
        if chance.random() < 0.5:
            data[place] = chance.choice(b"{}[]:,-&*!|>'\"%@` \t\n#0aA$~?\xff\x00")
        else:
            del data[place : place + chance.randint(1, 12)]
    return bytes(data)


@pytest.mark.parametrize("value", ["!!map x", "!!seq x", "!!int x", "! {}", "!!set {a}", "!!binary aGk=", "9" * 5000])
def test_odd_values_are_mistakes_and_no_crash(tmp_path: Path, value: str) -> None:
    told = refused(tmp_path, f"storage: {{segment: {value}}}\n" + CAMERA)
    assert "storage.segment: " in told


def test_a_file_that_is_missing_or_a_directory_is_told(tmp_path: Path) -> None:
    with pytest.raises(InvalidConfig, match=r"nvr\.yaml: there is no such file\n  name the file with -c"):
        load(tmp_path / "nvr.yaml", {})
    with pytest.raises(InvalidConfig, match="is a directory\n  name the file in it"):
        load(tmp_path, {})


def test_settings_say_no_secret_and_can_be_sent_to_another_process(tmp_path: Path) -> None:
    settings = loaded(tmp_path, "web: {token: canary-5f3a}\n" + CAMERA)
    assert "canary" not in repr(settings)
    assert pickle.loads(pickle.dumps(settings)) == settings


def test_the_hosts_time_zone_is_found_in_what_it_offers(tmp_path: Path) -> None:
    assert host_timezone({}, tmp_path) == ZoneInfo("UTC")
    (tmp_path / "localtime").symlink_to("/usr/share/zoneinfo/Asia/Tokyo")
    assert host_timezone({}, tmp_path) == ZoneInfo("Asia/Tokyo")
    (tmp_path / "timezone").write_text("America/Lima\n")
    assert host_timezone({}, tmp_path) == ZoneInfo("America/Lima")
    assert host_timezone({"TZ": ":Europe/Paris"}, tmp_path) == ZoneInfo("Europe/Paris")
    assert host_timezone({"TZ": "CET-1CEST"}, tmp_path) == ZoneInfo("America/Lima")


def test_footage_stays_by_class_and_by_camera(tmp_path: Path) -> None:
    settings = loaded(
        tmp_path,
        """
        storage: {budget: 50GB free, trigger: 80%, target: 70%, keep_at_least: {motion: 20d}, delete_after: 60d}
        cameras:
          yard: {record: rtsp://camera.example/yard}
          door:
            record: rtsp://camera.example/door
            storage: {budget: 25%, delete_after: {continuous: 10d, protected: 365d}}
        """,
    )
    day = 86_400.0
    volume = settings.storage.retention
    assert volume.budget == Budget(fraction=None, free_bytes=50 * 10**9)
    assert (volume.trigger, volume.target) == (0.8, 0.7)
    assert (volume.keep_at_least, volume.delete_after) == (Ages(7 * day, 20 * day), Ages(60 * day, 60 * day))
    assert settings.cameras["yard"].retention is None
    assert settings.cameras["door"].retention == RetentionSettings(
        Budget(0.25), Ages(7 * day, 20 * day), Ages(10 * day, 60 * day, 365 * day), 0.8, 0.7
    )
