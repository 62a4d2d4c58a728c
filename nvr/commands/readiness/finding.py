"""What one look at the machine found."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Finding:
    """`remedy` says what to do where `ready` is False; where it is True, what is worth knowing."""

    subject: str
    ready: bool
    message: str
    remedy: str = ""
