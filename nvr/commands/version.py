"""`nvr version`."""

import platform
from importlib.metadata import version as version_of

import typer


def version() -> None:
    """Print the version of the recorder and of its Python."""
    typer.echo(f"nvr {version_of('sf-nvr')} (Python {platform.python_version()}, {platform.machine()})")
