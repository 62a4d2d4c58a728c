"""One client's connection to a faulty camera: the RTSP dialogue, and the pictures after PLAY."""

import asyncio
import contextlib
import socket
import struct
import time
from collections.abc import Mapping
from dataclasses import dataclass, field

from tests.faults.rtsp import door
from tests.faults.rtsp.behaviour import Behaviour
from tests.faults.rtsp.clip import Clip
from tests.faults.rtsp.playback import Outgoing, Playback
from tests.faults.rtsp.rtp import AUDIO_CLOCK, AUDIO_TYPE, VIDEO_TYPE, PacketStream
from tests.faults.rtsp.sdp import AUDIO_TRACK, description

AUDIO_SECONDS = 0.04
BUFFER_BYTES = 1 << 20
"""A client that is so far behind is sent nothing more until it has caught up."""

IDLE_SECONDS = 0.05

_RST_ON_CLOSE = struct.pack("ii", 1, 0)


@dataclass(slots=True)
class Shared:
    """What all sessions of a camera have in common. `audio` is sound as PCMU has it, repeated; empty for none."""

    behaviour: Behaviour
    clips: Mapping[str, Clip]
    audio: bytes = b""
    sessions: "set[Session]" = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class Request:
    method: str
    url: str
    headers: Mapping[str, str]


def tell(event: str) -> None:
    """To whoever handles the camera."""
    print(event, time.time(), flush=True)


class Session:
    """A connection, from the first request to its end."""

    def __init__(self, shared: Shared, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._shared, self._reader, self._writer = shared, reader, writer
        self._is_dripping = shared.behaviour.dripping
        self._channels: dict[str, int] = {}
        self._has_begun = asyncio.Event()
        self._playing: list[asyncio.Task[None]] = []

    async def run(self) -> None:
        self._shared.sessions.add(self)
        try:
            with contextlib.suppress(OSError, asyncio.IncompleteReadError):
                while request := await self._request():
                    await self._answer(request)
        finally:
            self._shared.sessions.discard(self)
            for task in self._playing:
                task.cancel()
            self._writer.close()

    def hang_up(self, *, politely: bool) -> None:
        """End it by FIN or by RST."""
        connection: socket.socket = self._writer.get_extra_info("socket")
        if politely:
            self._writer.close()
            return
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RST_ON_CLOSE)
        self._writer.transport.abort()

    # The dialogue

    async def _request(self) -> Request | None:
        """The next request; None at the end."""
        while (first := await self._reader.read(1)) == b"$":  # RTCP, of no interest
            _, length = struct.unpack(">BH", await self._reader.readexactly(3))
            await self._reader.readexactly(length)
        if not first:
            return None
        head = (first + await self._reader.readuntil(b"\r\n\r\n")).decode("latin1").split("\r\n")
        method, url, _ = head[0].split(" ", 2)
        fields = (line.partition(":") for line in head[1:] if line)
        return Request(method, url, {name.lower(): value.strip() for name, _, value in fields})

    async def _answer(self, request: Request) -> None:
        behaviour = self._shared.behaviour
        given = request.headers.get("authorization", "")
        if not door.is_let_in(given, request.method, behaviour):
            if given:
                tell("denied")
            await self._reply(request, "401 Unauthorized", f"WWW-Authenticate: {door.challenge(behaviour)}")
        elif request.method == "DESCRIBE":
            text = description(self._shared.clips[behaviour.clip], has_audio=bool(self._shared.audio))
            await self._reply(request, "200 OK", f"Content-Base: {request.url}/", "Content-Type: application/sdp", text)
        elif request.method == "SETUP":
            await self._set_up(request)
        else:
            await self._reply(request, "200 OK", "Session: 1", "Public: DESCRIBE, SETUP, PLAY, TEARDOWN, GET_PARAMETER")
            if request.method == "PLAY":
                self._play()

    async def _set_up(self, request: Request) -> None:
        transport = request.headers["transport"]
        if "interleaved=" not in transport:
            await self._reply(request, "461 Unsupported Transport")
            return
        self._channels[request.url.rpartition("/")[2]] = int(transport.partition("interleaved=")[2].split("-")[0])
        await self._reply(request, "200 OK", "Session: 1", f"Transport: {transport}")

    async def _reply(self, request: Request, status: str, *fields: str) -> None:
        """The last of the fields is the body where it is no field."""
        body = fields[-1] if fields and fields[-1].startswith("v=0") else ""
        head = [f"RTSP/1.0 {status}", f"CSeq: {request.headers.get('cseq', '0')}", *fields[: -1 if body else None]]
        if body:
            head.append(f"Content-Length: {len(body)}")
        await self._send(("\r\n".join(head) + "\r\n\r\n" + body).encode())

    async def _send(self, reply: bytes) -> None:
        pieces = [reply[at : at + 1] for at in range(len(reply))] if self._is_dripping else [reply]
        for piece in pieces:
            self._writer.write(piece)
            await self._writer.drain()
            if self._is_dripping:
                await asyncio.sleep(1.0)

    # The pictures

    def _play(self) -> None:
        tell("played")
        self._playing.append(asyncio.create_task(self._play_video()))
        if AUDIO_TRACK in self._channels:
            self._playing.append(asyncio.create_task(self._play_audio(self._channels[AUDIO_TRACK])))

    async def _play_video(self) -> None:
        """Pictures in real time. The first that is sent is a key frame."""
        packets = PacketStream(min(self._channels.values()), VIDEO_TYPE)
        playback, started = self._from_the_start()
        while True:
            await asyncio.sleep(max(0.0, started + playback.seconds - time.monotonic()))
            behaviour = self._shared.behaviour
            picture = playback.next(behaviour)
            if not (behaviour.silent or behaviour.muted or self._is_behind):
                self._send_picture(packets, picture)
                self._has_begun.set()
            elif not self._has_begun.is_set():
                await asyncio.sleep(IDLE_SECONDS)
                playback, started = self._from_the_start()

    def _from_the_start(self) -> tuple[Playback, float]:
        return Playback(self._shared.clips, self._shared.behaviour), time.monotonic()

    def _send_picture(self, packets: PacketStream, picture: Outgoing) -> None:
        last = len(picture.payloads) - 1
        for number, payload in enumerate(picture.payloads):
            self._writer.write(packets.packet(payload, picture.timestamp, marker=number == last))

    async def _play_audio(self, channel: int) -> None:
        """Sound in real time from the first picture on: both count their time from 0, and nothing else relates them."""
        await self._has_begun.wait()
        packets, started, position = PacketStream(channel, AUDIO_TYPE), time.monotonic(), 0
        size = round(AUDIO_SECONDS * AUDIO_CLOCK)
        while True:
            await asyncio.sleep(max(0.0, started + position / AUDIO_CLOCK - time.monotonic()))
            at = position % (len(self._shared.audio) - size)
            if not (self._shared.behaviour.silent or self._is_behind):
                self._writer.write(packets.packet(self._shared.audio[at : at + size], position, marker=False))
            position += size

    @property
    def _is_behind(self) -> bool:
        return self._writer.transport.get_write_buffer_size() > BUFFER_BYTES
