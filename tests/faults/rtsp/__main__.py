"""The process of one faulty camera. Its handler writes lines of JSON to standard input and is told what happens.

    python -m tests.faults.rtsp

The first line is the `Plan`; each later one holds the `Behaviour` from then on, or `{"hang_up": "RST"}` or `"FIN"`,
and is answered by `done`. The process ends with its standard input.
"""

import asyncio
import json
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

from tests.faults.rtsp.behaviour import Behaviour
from tests.faults.rtsp.camera import HOST, Plan
from tests.faults.rtsp.clip import Clip
from tests.faults.rtsp.session import Session, Shared, tell


class Server:
    """Listens where the plan says, as long as the behaviour says so."""

    def __init__(self, plan: Plan) -> None:
        clips = {name: Clip.read(Path(path), codec, plan.fps) for name, (path, codec) in plan.clips.items()}
        audio = Path(plan.audio).read_bytes() if plan.audio else b""
        self._port = plan.port
        self._shared = Shared(Behaviour(**plan.behaviour), clips, audio)
        self._server: asyncio.Server | None = None

    async def serve(self, commands: asyncio.StreamReader) -> None:
        await self._listen_or_not()
        tell("listening")
        while line := await commands.readline():
            await self._obey(json.loads(line))
            tell("done")

    async def _obey(self, command: dict[str, Any]) -> None:
        manner = command.pop("hang_up", None)
        self._shared.behaviour = replace(self._shared.behaviour, **command)
        await self._listen_or_not()
        if manner:
            for session in list(self._shared.sessions):
                session.hang_up(politely=manner == "FIN")

    async def _listen_or_not(self) -> None:
        if self._shared.behaviour.listening and self._server is None:
            self._server = await asyncio.start_server(self._connected, HOST, self._port, reuse_address=True)
        elif self._server and not self._shared.behaviour.listening:
            self._server.close()
            self._server = None

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await Session(self._shared, reader, writer).run()


async def main() -> None:
    commands = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(commands), sys.stdin)
    plan = Plan(**json.loads(await commands.readline()))
    serving = asyncio.create_task(Server(plan).serve(commands))
    await serving


if __name__ == "__main__":
    asyncio.run(main())
