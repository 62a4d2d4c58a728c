"""The command line: which commands there are, and what an error becomes on it.

A command's module is imported only when that command runs: the embedded database and the number crunching take longer
to import than `nvr version` takes to answer.
"""

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import Any, NoReturn

import typer
from typer.core import TyperCommand, TyperGroup

from nvr.errors import ConfigError, NvrError, StorageTooNew

HELP = """Record cameras, find what moves, and measure both.

[bold]Examples[/bold]
  nvr demo                                  see it work on synthetic cameras
  nvr check -c nvr.yaml                     is all right, file and machine?
  nvr run -c nvr.yaml                       record, until Ctrl-C
  nvr events --from yesterday               what moved?
  nvr gaps --camera front-door --from 7d    what is missing, and why?
  nvr retention --dry-run                   what would be deleted, and why?
  nvr forecast --budget 2TB                 how long would footage stay with that much?
  nvr link --kiosk --expires 90d            show the cameras on a wall
  nvr notify test people                    do notifications arrive?
  nvr scan clip.mp4                         what moves in this file?
"""


@dataclass(frozen=True, slots=True)
class Command:
    """A function of the same name in a module of the same name; its docstring is the long help."""

    name: str
    panel: str
    summary: str


COMMANDS = (
    Command("run", "Record", "Record all cameras, find motion, serve pages and metrics."),
    Command("check", "Record", "Check the configuration and whether this machine is ready for it."),
    Command("health", "Record", "Ask the running recorder whether it records."),
    Command("events", "Ask", "List motion events."),
    Command("gaps", "Ask", "List missing footage and its causes."),
    Command("link", "Ask", "Print an address that opens a little without a token, for a while."),
    Command("retention", "Keep", "Clean up the storage now, or say what would go."),
    Command("forecast", "Keep", "Tell when the storage fills, and how long footage stays."),
    Command("protect", "Keep", "Protect footage from being deleted, and list what is."),
    Command("notify", "Try", "Send a test message to every channel of a receiver."),
    Command("scan", "Try", "Find motion in video files, as fast as the machine allows."),
    Command("demo", "Try", "Record four synthetic cameras on this machine."),
    Command("version", "Try", "Print the version."),
)


class _PlainFlags:
    """A flag takes no value, and Typer's help would give it one: `--json <bool>`."""

    def get_params(self, ctx: Any) -> list[Any]:
        params: list[Any] = super().get_params(ctx)  # type: ignore[misc]
        for param in params:
            if getattr(param, "is_bool_flag", False):
                param.metavar = ""
        return params


class _Command(_PlainFlags, TyperCommand):
    pass


class _Group(_PlainFlags, TyperGroup):
    pass


def main() -> None:
    arguments = sys.argv[1:]
    try:
        if arguments in (["version"], ["--version"]):
            _function("version")()  # Typer would import pydantic first, which takes twice as long as all the rest.
        else:
            application(chosen(arguments))(arguments, prog_name="nvr")
    except NvrError as error:
        fail(error)


def chosen(arguments: Sequence[str]) -> str:
    """The command that the arguments name, which is the first that is no option."""
    return next((argument for argument in arguments if not argument.startswith("-")), "")


def application(command: str) -> typer.Typer:
    """The command line with the module of `command` imported, and only the names of the others."""
    # No pretty tracebacks: they print local variables, and so passwords.
    app = typer.Typer(
        cls=_Group,
        help=HELP,
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        rich_markup_mode="rich",
    )
    for each in COMMANDS:
        function = _function(each.name) if each.name == command else _not_chosen
        app.command(each.name, cls=_Command, short_help=each.summary, rich_help_panel=each.panel)(function)
    return app


def fail(error: NvrError) -> NoReturn:
    """Say what is wrong without a traceback: exit code 2 for what only the user can mend, 1 for all else."""
    typer.echo(str(error), err=True)
    sys.exit(2 if isinstance(error, ConfigError | StorageTooNew) else 1)


def _function(name: str) -> Callable[..., Any]:
    function: Callable[..., Any] = getattr(import_module(f"nvr.commands.{name}"), name)
    return function


def _not_chosen() -> None:
    raise AssertionError("only the chosen command runs")


if __name__ == "__main__":
    main()
