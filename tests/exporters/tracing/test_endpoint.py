"""Whether traces are wanted: as OpenTelemetry's variables say, and at no cost where they say nothing."""

import subprocess
import sys

import pytest

from exporters.tracing.endpoint import collector_in, is_wanted, secrets_in
from nvr.errors import EnvironmentNotReady

HERE = {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://collector.example:4318"}


def test_an_address_turns_tracing_on() -> None:
    assert is_wanted(HERE)
    assert is_wanted({"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": "https://collector.example/v1/traces"})
    assert not is_wanted({})
    assert not is_wanted({"OTEL_EXPORTER_OTLP_ENDPOINT": ""})
    assert not is_wanted(HERE | {"OTEL_SDK_DISABLED": "true"})
    assert not is_wanted(HERE | {"OTEL_TRACES_EXPORTER": "none"})


def test_what_is_no_address_is_refused_by_its_name() -> None:
    with pytest.raises(EnvironmentNotReady, match="OTEL_EXPORTER_OTLP_ENDPOINT is no http"):
        collector_in({"OTEL_EXPORTER_OTLP_ENDPOINT": "collector.example:4317"}, "home")


def test_what_is_sent_with_every_request_is_a_secret() -> None:
    environ = {"OTEL_EXPORTER_OTLP_HEADERS": "api-key=canary%20key,x=another,X-Scope-OrgID=1"}
    assert secrets_in(environ) == {"canary%20key", "canary key", "another"}
    assert secrets_in({}) == frozenset()


def test_off_not_even_the_library_is_imported() -> None:
    program = "import sys, nvr.app, nvr.commands.run; print([m for m in sys.modules if 'opentelemetry' in m])"
    found = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True)
    assert found.stdout.strip() == "[]"
