"""What the service manager is told: that recording has begun, how it goes, that we live, and that we stop.

The protocol is sd_notify(3): one datagram a message, to the socket that systemd names in the environment. Where it
names none, nothing is done.
"""

import asyncio
import logging
import os
import socket
import time
from collections.abc import Callable, MutableMapping
from dataclasses import dataclass

log = logging.getLogger(__name__)

BEAT_SECONDS = 5.0
"""How often it is told how things go; a short watchdog makes it more often."""

OPENING_SECONDS = 600
"""How much time a start asks for before it opens its files: a worn disk may take long, and no beat comes meanwhile."""

STARTING_SECONDS = 60
"""How much longer a start may take, said at each beat until it is over."""


@dataclass(frozen=True, slots=True)
class Pulse:
    """How things go, in words; whether the start is over; and whether all that must run does.

    What has ended without a word is a reason to be killed and started anew.
    """

    status: str
    is_started: bool
    is_alive: bool = True


class ServiceManager:
    """Told by one datagram a message. `tell` never blocks and never raises.

    `watchdog_seconds` is how long it waits for a sign of life before it kills us; None where it does not watch.
    """

    def __init__(self, address: str = "", watchdog_seconds: float | None = None) -> None:
        self._address = f"\0{address[1:]}" if address.startswith("@") else address
        self._watchdog_seconds = watchdog_seconds
        self._is_heard = True

    @classmethod
    def taken_from(cls, environ: MutableMapping[str, str]) -> "ServiceManager":
        """Takes its variables out of `environ`, so that no child speaks in our name."""
        names = ("NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID")
        address, microseconds, pid = (environ.pop(name, "") for name in names)
        is_watched = microseconds.isdecimal() and int(microseconds) > 0 and pid in ("", str(os.getpid()))
        return cls(address, int(microseconds) / 1e6 if is_watched else None)

    def opening(self) -> None:
        self.tell(EXTEND_TIMEOUT_USEC=OPENING_SECONDS * 1_000_000, STATUS="storage folder and spool are opened")

    def ready(self) -> None:
        self.tell(READY=1, STATUS="recording begins")

    def reloading(self) -> None:
        self.tell(RELOADING=1, MONOTONIC_USEC=time.monotonic_ns() // 1000)

    def reloaded(self) -> None:
        self.tell(READY=1)

    def stopping(self) -> None:
        self.tell(STOPPING=1, STATUS="the open segments are finished")

    def tell(self, **state: str | int) -> None:
        if not self._address:
            return
        message = "\n".join(f"{name}={value}" for name, value in state.items())
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK) as sender:
                sender.sendto(message.encode(), self._address)
            self._is_heard = True
        except OSError as error:
            if self._is_heard:
                log.warning("the service manager cannot be told how things go: %s", error.strerror)
            self._is_heard = False

    async def follow(self, pulse: Callable[[], Pulse]) -> None:
        """Say how things go, until cancelled. What blocks the event loop keeps it from that, as it should."""
        half = (self._watchdog_seconds or 2 * BEAT_SECONDS) / 2
        while True:
            now = pulse()
            self.tell(STATUS=now.status, **self._life(now))
            await asyncio.sleep(min(BEAT_SECONDS, half))

    def _life(self, pulse: Pulse) -> dict[str, int]:
        if not pulse.is_started:
            return {"EXTEND_TIMEOUT_USEC": STARTING_SECONDS * 1_000_000}
        return {"WATCHDOG": 1} if pulse.is_alive and self._watchdog_seconds else {}
