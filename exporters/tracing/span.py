"""A span: one step of a trace, with its time; and the ids that follow from what it is about.

Ids are derived, not drawn: whoever knows a motion event, an alert or a segment knows its trace, so that nothing has to
be carried along through spool, Prometheus and outbox.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import blake2s
from secrets import token_hex
from typing import Literal

Attributes = Mapping[str, str | int | float | bool]


@dataclass(frozen=True, slots=True)
class Context:
    """Where a span stands: `trace` is 32 hexadecimal digits, `span` 16."""

    trace: str
    span: str

    @classmethod
    def of(cls, what: str, identity: str, trace: str = "") -> "Context":
        """The same for the same, whoever asks; in a trace of its own where none is named."""
        return cls(trace or _digest(identity, 16), _digest(f"{what} {identity}", 8))

    @classmethod
    def new(cls, trace: str = "") -> "Context":
        return cls(trace or token_hex(16), token_hex(8))


@dataclass(frozen=True, slots=True)
class Span:
    """A step that is over. `parent` is the id of the span that it is part of, `error` what went wrong."""

    name: str
    context: Context
    start: datetime
    end: datetime
    parent: str = ""
    attributes: Attributes = field(default_factory=dict)
    error: str = ""
    kind: Literal["internal", "server"] = "internal"


def _digest(text: str, size: int) -> str:
    return blake2s(text.encode(), digest_size=size).hexdigest()
