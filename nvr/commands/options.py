"""Options that several commands take, and the output that several give."""

import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from nvr.config import load
from nvr.settings import Settings

ConfigFile = Annotated[Path, typer.Option("--config", "-c", metavar="FILE", help="The configuration file.")]
Camera = Annotated[str | None, typer.Option("--camera", metavar="NAME", help="Only this camera.")]
_MOMENT = "2026-11-22T17:00Z, 2026-11-22, 2h (ago), yesterday. A day means its first moment."
From = Annotated[
    str | None, typer.Option("--from", metavar="TIME", help=f"The beginning: {_MOMENT} (default: 24h before the end)")
]
To = Annotated[str, typer.Option("--to", metavar="TIME", help="The end, in the same forms.")]
Json = Annotated[bool, typer.Option("--json", help="Print a JSON list, with the keys of the HTTP API.")]

JsonObject = Annotated[bool, typer.Option("--json", help="Print the JSON of the HTTP API.")]

DEFAULT_FILE = Path("nvr.yaml")


def settings_from(file: Path) -> Settings:
    return load(file, os.environ)


def print_json(content: object) -> None:
    typer.echo(json.dumps(content, indent=2, ensure_ascii=False))


def print_table(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """For people; piped elsewhere, one row a line whatever its width."""
    console = Console() if sys.stdout.isatty() else Console(width=10_000, highlight=False)
    table = Table(box=None, pad_edge=False)
    for heading in headings:
        table.add_column(heading, no_wrap=True)
    for row in rows:
        table.add_row(*row)
    console.print(table)
