"""How a faulty camera behaves at the moment. A well one has all the defaults."""

from dataclasses import dataclass
from typing import Literal

Scheme = Literal["Basic", "Digest"]


@dataclass(frozen=True, slots=True)
class Behaviour:
    """What a test may change while the camera serves.

    `clip` is the name of what is played, from the next key frame on. `password` is what it asks for, by `scheme`; none
    where it is empty. `slowness` stretches the time between pictures. `first_timestamp` is what a session's RTP times
    begin with, to which `timestamp_shift_seconds` is added.
    """

    clip: str
    listening: bool = True
    silent: bool = False
    muted: bool = False
    dripping: bool = False
    frozen: bool = False
    garbled_share: float = 0.0
    slowness: float = 1.0
    first_timestamp: int = 0
    timestamp_shift_seconds: float = 0.0
    password: str = ""
    scheme: Scheme = "Digest"
