"""`nvr check`: is the configuration right, and the machine ready for it?"""

import sys
from collections.abc import Iterator

import typer
from rich.console import Console
from rich.markup import escape
from rich.syntax import Syntax

from nvr.commands.options import DEFAULT_FILE, ConfigFile, settings_from
from nvr.commands.readiness.database import database
from nvr.commands.readiness.disk import folder, room
from nvr.commands.readiness.finding import Finding
from nvr.commands.readiness.port import port, runs
from nvr.commands.readiness.programs import ffmpeg, setpriv
from nvr.commands.resolved import resolved_text
from nvr.masking import Secrets, secrets_of
from nvr.settings import Settings


def check(config: ConfigFile = DEFAULT_FILE) -> None:
    """Check the configuration, print it resolved and without its secrets, and look at the machine.

    Exit code 0: all is well. 2: the configuration is wrong. 1: this machine is not ready for it.
    """
    settings = settings_from(config)
    secrets = Secrets(secrets_of(settings))
    console = Console(highlight=False, soft_wrap=True)
    _print_settings(console, settings)
    ready = True
    for finding in findings(settings):
        console.print(line(finding, secrets))
        ready = ready and finding.ready
    if not ready:
        raise typer.Exit(1)


def findings(settings: Settings) -> Iterator[Finding]:
    recorder_runs = runs(settings.web)
    yield ffmpeg()
    yield setpriv()
    storage = folder("storage", settings.storage.path)
    yield storage
    if storage.ready:
        yield room(settings.storage.path, settings.storage.retention.budget)
    yield folder("spool", settings.database.spool)
    yield database(settings.database.dsn, recorder_runs=recorder_runs)
    yield port(settings.web, recorder_runs=recorder_runs)


def line(finding: Finding, secrets: Secrets) -> str:
    word = "[green]ok  [/green]" if finding.ready else "[bold red]FAIL[/bold red]"
    remedy = f": {finding.remedy}" if finding.remedy else ""
    return f"{word} {finding.subject:<9} {escape(secrets.redact(finding.message + remedy))}"


def _print_settings(console: Console, settings: Settings) -> None:
    text = resolved_text(settings)
    if sys.stdout.isatty():
        console.print(Syntax(text, "yaml", background_color="default", word_wrap=True))
    else:
        typer.echo(text)
