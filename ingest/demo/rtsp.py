"""The process of one synthetic camera: an RTSP server on loopback that plays one clip for ever.

Each PLAY begins with the clip's first picture. From then on the picture of the moment is the one that the wall clock
asks for: a camera that was stopped, or whose client was slow, goes on with the present and not where it left off. What
happens is told in lines on standard output: `listening`, then `played TIME` for every PLAY.

    python -m ingest.demo.rtsp CLIP PORT
"""

import asyncio
import contextlib
import logging
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import aio_sockets
import av
from aio_rtsp_toolkit.server import RtspServer
from aio_rtsp_toolkit.server_session import RtspServerSession, StreamTrackState

from ingest.demo.camera import HOST, STREAM
from nvr.clock import utc_now
from nvr.model import isoformat

PATIENCE_SECONDS = 1.0
"""How late a picture may go out. Later ones are left out, up to the next that stands by itself."""


@dataclass(frozen=True, slots=True)
class Packet:
    """One encoded picture of a clip, `seconds` after its first."""

    data: bytes
    seconds: float
    is_key: bool


@dataclass(frozen=True, slots=True)
class Loop:
    """A clip without end: packet `index` counts on through the repetitions, and so does its time."""

    packets: tuple[Packet, ...]
    duration_seconds: float

    @classmethod
    def of(cls, clip: Path) -> "Loop":
        with av.open(str(clip)) as container:
            stream = container.streams.video[0]
            found = [packet for packet in container.demux(stream) if packet.size]
            packets = tuple(Packet(bytes(packet), _seconds(packet, packet.pts), packet.is_keyframe) for packet in found)
            return cls(packets, packets[-1].seconds + _seconds(found[-1], found[-1].duration))

    def packet(self, index: int) -> Packet:
        return self.packets[index % len(self.packets)]

    def seconds(self, index: int) -> float:
        return index // len(self.packets) * self.duration_seconds + self.packet(index).seconds

    def next_key(self, index: int, seconds: float) -> int:
        """The first packet from `index` on that stands by itself and is due at or after `seconds`."""
        index += max(0, int((seconds - self.seconds(index)) / self.duration_seconds)) * len(self.packets)
        while self.seconds(index) < seconds or not self.packet(index).is_key:
            index += 1
        return index


def _seconds(packet: "av.Packet[av.VideoStream]", ticks: int | None) -> float:
    assert ticks is not None
    assert packet.time_base is not None
    return float(ticks * packet.time_base)


class CameraServer(RtspServer):  # type: ignore[misc]  # the library is not typed
    """Serves one loop under one path, whoever asks and however often."""

    def __init__(self, clip: Path, port: int) -> None:
        super().__init__(str(clip.parent), HOST, port)
        self.logger = logging.getLogger("ingest.demo.rtsp")
        self.clip, self.loop = clip, Loop.of(clip)

    def resolve_request_path(self, uri: str) -> Path:
        relative, _ = self._split_media_request_path(uri)
        if relative.split("/")[0] != STREAM:
            raise FileNotFoundError(uri)
        return self.clip

    async def _handle_client(self, sock: aio_sockets.TCPSocket) -> None:
        # A client that is gone is the usual end of a session, however the library comes to notice.
        with contextlib.suppress(OSError, asyncio.IncompleteReadError):
            await CameraSession(self, sock).run()


class CameraSession(RtspServerSession):  # type: ignore[misc]  # the library is not typed
    """A client's session, with its own pacing: the library's spreads a picture's packets over the time to the next."""

    async def _stream_media(self) -> None:
        state = next(state for state in self.track_states.values() if state.rtp_channel is not None)
        _tell(f"played {isoformat(utc_now())}")
        with contextlib.suppress(OSError):
            await self._play(state, self.server.loop)

    async def _play(self, state: StreamTrackState, loop: Loop) -> None:
        started, index = time.monotonic(), 0
        while not self.closed:
            wait = loop.seconds(index) - (time.monotonic() - started)
            if wait < -PATIENCE_SECONDS:
                index = loop.next_key(index, time.monotonic() - started)
                continue
            await asyncio.sleep(max(0.0, wait))
            packet = loop.packet(index)
            await self._send_video_packet(state, packet.data, loop.seconds(index), 0.0, packet.is_key)
            index += 1

    async def _send_paced_rtp_payloads(
        self,
        state: StreamTrackState,
        payloads: list[tuple[bytes, int]],
        timestamp: int,
        media_time: float,  # noqa: ARG002  the library's signature
        duration_seconds: float,  # noqa: ARG002  the library's signature
    ) -> None:
        for payload, marker in payloads:
            await self._send_rtp_packet(state, payload, timestamp=timestamp, marker=marker)


def _tell(line: str) -> None:
    print(line, flush=True)


async def serve(clip: Path, port: int) -> None:
    server = CameraServer(clip, port)
    await server.start()
    _tell("listening")
    await server.serve_forever()


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(serve(Path(sys.argv[1]), int(sys.argv[2])))
