"""`nvr health`: does the recorder of this configuration live, and does it record?"""

from typing import Any

import httpx
import typer

from nvr.commands.options import DEFAULT_FILE, ConfigFile, settings_from
from nvr.commands.running import recorder
from nvr.settings import WebSettings

PATIENCE_SECONDS = 5.0
"""A recorder whose event loop does not turn for so long is not well."""


def health(config: ConfigFile = DEFAULT_FILE) -> None:
    """Ask the running recorder whether it lives and records; for containers and scripts.

    One line. Exit code 0: it records. 1: it does not, or none runs. 2: the configuration is wrong.
    """
    complaint = complaint_of(settings_from(config).web)
    typer.echo(complaint or "ready")
    if complaint:
        raise typer.Exit(1)


def complaint_of(web: WebSettings) -> str:
    """What is wrong with the recorder that should listen there, in a line; nothing where all is well."""
    with recorder(web, PATIENCE_SECONDS) as client:
        try:
            alive, readiness = (client.get(route).json() for route in ("/healthz", "/readyz"))
        except httpx.ConnectError:
            return f"no recorder runs at {client.base_url}"
        except httpx.HTTPError as error:
            return f"the recorder at {client.base_url} does not answer: {type(error).__name__}"
        except ValueError:
            alive = readiness = None
        return _judged(alive, readiness, str(client.base_url))


def _judged(alive: Any, readiness: Any, address: str) -> str:
    match alive, readiness:
        case {"status": "ok"}, {"status": "ready"}:
            return ""
        case {"status": "ok"}, {"status": "not ready", "reasons": [*reasons]}:
            return f"not ready: {', '.join(map(str, reasons))}"
        case _:
            return f"what answers at {address} is no recorder"
