"""Whether traces are wanted, and where they go: OpenTelemetry's own variables of the environment say so."""

from collections.abc import Mapping
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from nvr.errors import EnvironmentNotReady

if TYPE_CHECKING:
    from exporters.tracing.collector import Collector

ENDPOINTS = ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT")
SHORTEST_KEY = 6
HEADERS = ("OTEL_EXPORTER_OTLP_TRACES_HEADERS", "OTEL_EXPORTER_OTLP_HEADERS")


def is_wanted(environ: Mapping[str, str]) -> bool:
    """Raises EnvironmentNotReady where the address is none."""
    if environ.get("OTEL_SDK_DISABLED", "").lower() == "true" or environ.get("OTEL_TRACES_EXPORTER") == "none":
        return False
    found = [(name, environ[name]) for name in ENDPOINTS if environ.get(name)]
    for name, value in found:
        if urlsplit(value).scheme not in ("http", "https") or not urlsplit(value).hostname:
            raise EnvironmentNotReady(f"{name} is no http(s) address", hint="write http://collector.example:4318")
    return bool(found)


def secrets_in(environ: Mapping[str, str]) -> frozenset[str]:
    """What is sent to the collector with every request, such as a key; what is short is the name of a tenant."""
    pairs = [pair for name in HEADERS for pair in environ.get(name, "").split(",")]
    values = [pair.partition("=")[2].strip() for pair in pairs]
    return frozenset(form for value in values if len(value) >= SHORTEST_KEY for form in (value, unquote(value)))


def collector_in(environ: Mapping[str, str], site: str) -> "Collector | None":
    """None where no traces are wanted: OpenTelemetry is then not even imported. Raises EnvironmentNotReady."""
    if not is_wanted(environ):
        return None
    from exporters.tracing.collector import Collector  # noqa: PLC0415

    return Collector(site)
