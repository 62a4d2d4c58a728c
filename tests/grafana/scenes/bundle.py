"""The page that draws with Grafana's packages: installed from the lock file and bundled once."""

import hashlib
import os
import shutil
import subprocess
from pathlib import Path

HERE = Path(__file__).parent
# Scenes names a later router than the other packages, which build.mjs settles: npm would not.
INSTALL = ("npm", "ci", "--ignore-scripts", "--legacy-peer-deps", "--no-audit", "--no-fund", "--prefer-offline")
INSTALL_SECONDS, BUILD_SECONDS = 600, 120


class CannotBundleError(RuntimeError):
    """npm or a package is missing; what it said is the message."""


def bundled() -> Path:
    """The folder to serve as `/scenes/`. Packages and bundles are kept between runs."""
    cache = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "sf-nvr"
    packages = _installed(cache / f"grafana-scenes-{_digest(HERE / 'package-lock.json')}")
    sources = [*sorted(HERE.glob("src/**/*.ts*")), HERE / "build.mjs", HERE / "page.html"]
    made = packages / f"bundle-{_digest(*sources)}"
    if made.exists():
        return made
    for name in ("src", "build.mjs"):
        _copied(HERE / name, packages / name)
    unfinished = packages / "bundle-unfinished"
    shutil.rmtree(unfinished, ignore_errors=True)
    _run(("node", "build.mjs", str(unfinished)), packages, BUILD_SECONDS)
    shutil.copy(HERE / "page.html", unfinished / "index.html")
    return unfinished.rename(made)


def _installed(folder: Path) -> Path:
    if (folder / "complete").exists():
        return folder
    folder.mkdir(parents=True, exist_ok=True)
    for name in ("package.json", "package-lock.json"):
        shutil.copy(HERE / name, folder)
    _run(INSTALL, folder, INSTALL_SECONDS)
    (folder / "complete").touch()
    return folder


def _run(command: tuple[str, ...], folder: Path, seconds: float) -> None:
    try:
        done = subprocess.run(command, cwd=folder, check=False, capture_output=True, text=True, timeout=seconds)
    except (FileNotFoundError, subprocess.TimeoutExpired) as error:
        raise CannotBundleError(str(error)) from error
    if done.returncode != 0:
        raise CannotBundleError(f"{' '.join(command)}: {done.stderr.strip()[-2000:]}")


def _copied(source: Path, target: Path) -> None:
    if source.is_file():
        shutil.copy(source, target)
        return
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(source, target)


def _digest(*files: Path) -> str:
    return hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()[:12]
