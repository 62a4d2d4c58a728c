"""The directions in which packages may import each other, as the design's table has them."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGES = ("nvr", "ingest", "processor", "exporters")
MODULES = [file for package in PACKAGES for file in sorted((ROOT / package).rglob("*.py"))]

SHARED = (
    "nvr.model",
    "nvr.alert",
    "nvr.ports",
    "nvr.housekeeping",
    "nvr.settings",
    "nvr.errors",
    "nvr.clock",
    "nvr.supervise",
    "nvr.trace",
    "nvr.masking",
    "nvr.lock_file",
    "nvr.disk",
    "nvr.one_thread",
)
"""What the core and the exporters may use of `nvr`; reading the configuration, command line and wiring stay out."""

MAY_IMPORT = {
    "ingest": ("ingest", *SHARED),
    "processor": ("processor", *SHARED),
    "exporters": ("exporters", *SHARED, "ingest.store", "ingest.ffmpeg", "processor.heatmap", "processor.legend"),
    "nvr": ("nvr",),
}
WIRING = ("nvr.app", "nvr.roster", "nvr.analysis", "nvr.commands")
"""The only modules of `nvr` that know the three below."""


def name_of(module: Path) -> str:
    return ".".join(module.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def imports(module: Path) -> Iterator[tuple[int, str]]:
    """Line and dotted name of everything of ours that the module imports, wherever in it the statement stands."""
    for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found = [(node.lineno, alias.name) for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, f"{module} imports relatively in line {node.lineno}: write the whole path"
            found = [(node.lineno, f"{node.module}.{alias.name}") for alias in node.names]
        else:
            continue
        yield from ((line, name) for line, name in found if name.partition(".")[0] in PACKAGES)


def is_within(name: str, places: tuple[str, ...]) -> bool:
    return any(name == place or name.startswith(f"{place}.") for place in places)


def allowed(module: str) -> tuple[str, ...]:
    return PACKAGES if is_within(module, WIRING) else MAY_IMPORT[module.partition(".")[0]]


@pytest.mark.parametrize("module", MODULES, ids=name_of)
def test_imports_keep_their_direction(module: Path) -> None:
    places = allowed(name_of(module))
    strays = [f"line {line}: {name}" for line, name in imports(module) if not is_within(name, places)]
    assert not strays, f"{name_of(module)} may import {', '.join(places)}"


def test_the_processor_touches_nothing_outside() -> None:
    """No I/O, no clock, no threads: it is arrays in and values out."""
    outside = {"asyncio", "io", "multiprocessing", "os", "pathlib", "socket", "subprocess", "threading", "time"}
    for module in sorted((ROOT / "processor").rglob("*.py")):
        tree = ast.parse(module.read_text(encoding="utf-8"))
        plain = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
        partly = {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
        assert not {name.partition(".")[0] for name in plain | partly} & outside, module


def test_a_stray_import_would_be_seen(tmp_path: Path) -> None:
    file = tmp_path / "stray.py"
    file.write_text("def late():\n    from exporters.web import app\n    import ingest.recorder\n")
    assert list(imports(file)) == [(2, "exporters.web.app"), (3, "ingest.recorder")]
    assert not is_within("exporters.web.app", MAY_IMPORT["ingest"])
    assert not is_within("ingest.storey", ("ingest.store",))
