"""`make dashboards`: the demo, and after some minutes a picture of each dashboard into docs/pictures."""

import contextlib
import os
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from PIL import Image

from tests.exporters.web.browser import browser
from tests.grafana.dashboards import DASHBOARDS
from tests.grafana.pictures.server import serving
from tests.grafana.scenes.bundle import CannotBundleError, bundled

PICTURES = Path(__file__).parents[3] / "docs" / "pictures"
CAMERAS = "front-door,garden,hall,yard"
ROW_PIXELS, HEAD_PIXELS = 38, 66


def main() -> None:
    seconds = float(os.environ.get("DASHBOARD_SECONDS", "180"))
    with tempfile.TemporaryDirectory() as folder, _demo(Path(folder)) as (recorder, monitor):
        print(f"The demo runs for {seconds:.0f} s before its dashboards are drawn.", flush=True)
        time.sleep(seconds)
        draw_all(recorder, monitor, Path(folder))


def draw_all(recorder: str, monitor: str, folder: Path) -> None:
    """By Grafana's own packages, or by our renderer where these cannot be had or DASHBOARD_RENDERER=own asks for it."""
    bundle = None if os.environ.get("DASHBOARD_RENDERER") == "own" else _bundle()
    with serving({"/nvr/": recorder, "/prometheus/": monitor}, bundle) as address:
        for name, dashboard in DASHBOARDS.items():
            cameras = "yard" if name == "camera" else CAMERAS
            page = f"{address}/{'scenes/' if bundle else ''}?name={name}&minutes=5&cameras={cameras}"
            rows = max(panel["gridPos"]["y"] + panel["gridPos"]["h"] for panel in dashboard["panels"])
            picture = PICTURES / f"dashboard-{name}.png"
            _screenshot(page, rows * ROW_PIXELS + HEAD_PIXELS, picture, folder / "profile")
            _shrunk(picture)
            print(picture, flush=True)


def _bundle() -> Path | None:
    try:
        return bundled()
    except CannotBundleError as error:
        print(f"Grafana's packages cannot be had, so our own renderer draws: {error}", flush=True)
        return None


def _screenshot(page: str, height: int, picture: Path, profile: Path) -> None:
    options = ["--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--hide-scrollbars"]
    quiet = ["--disable-background-networking", "--disable-component-update", "--disable-sync"]
    whole = "--run-all-compositor-stages-before-draw"  # or charts are missing on a busy machine
    shot = [whole, f"--user-data-dir={profile}", f"--window-size=1280,{height}", f"--screenshot={picture}"]
    command = [browser(), *options, *quiet, *shot, "--virtual-time-budget=40000", page]
    subprocess.run(command, capture_output=True, check=True, timeout=180)


def _shrunk(picture: Path) -> None:
    """To 256 colours: a third of the size, for the repository."""
    with Image.open(picture) as drawn:
        small = drawn.convert("RGB").quantize(256, dither=Image.Dither.NONE)
    small.save(picture, optimize=True)


@contextlib.contextmanager
def _demo(folder: Path):  # type: ignore[no-untyped-def]
    """The addresses of the recorder and of Prometheus while the demo runs."""
    command = [sys.executable, "-m", "nvr.cli", "demo", "--directory", str(folder / "demo")]
    log = folder / "demo.log"
    with log.open("wb") as output, subprocess.Popen(command, stdout=output, stderr=output) as process:
        try:
            while "Commands" not in log.read_text(errors="replace"):
                if process.poll() is not None:
                    raise SystemExit(f"the demo ended: {log.read_text(errors='replace')}")
                time.sleep(1)
            said = log.read_text(errors="replace")
            yield _address("Start here", said), _address("Prometheus", said)
        finally:
            process.terminate()


def _address(name: str, said: str) -> str:
    found = re.search(rf"{name}\s+(http://[\d.:]+)", said)
    if found is None:
        raise SystemExit(f"the demo has no {name}")
    return found[1]


if __name__ == "__main__":
    main()
