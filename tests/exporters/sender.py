"""A process that delivers to files and kills itself at a moment: `python -m ... DIRECTORY after_send|random`.

Each channel is a file with a line for each delivery that it took, synced before the sender hears of it.
"""

import asyncio
import os
import signal
import sys
from pathlib import Path

from exporters.delivery import Delivery
from exporters.outbox import Outbox
from tests.exporters.deliveries import CountedDeliveries, delivery

CHANNELS = ("mail", "chat")
PER_PROCESS = 20


class FileChannels:
    def __init__(self, directory: Path, moment: str) -> None:
        self._directory, self._moment = directory, moment

    async def send(self, delivery: Delivery) -> None:
        with (self._directory / delivery.channel).open("a") as file:
            file.write(delivery.key + "\n")
        if self._moment == "after_send":
            os.kill(os.getpid(), signal.SIGKILL)
        await asyncio.sleep(0.005)


async def main(directory: Path, moment: str) -> None:
    channels, telemetry = FileChannels(directory, moment), CountedDeliveries()
    outbox = Outbox(directory / "outbox", 1 << 20, CHANNELS, channels.send, telemetry, redact=str)
    running = asyncio.create_task(outbox.run())
    accepted = directory / "accepted"
    first = len(accepted.read_text().split()) if accepted.exists() else 0
    for number in range(first, first + PER_PROCESS):
        await outbox.put([delivery(number, channel) for channel in CHANNELS])
        with accepted.open("a") as file:
            file.write(f"alert-{number}\n")
    while await outbox.waiting():  # noqa: ASYNC110  What is settled does not wake.
        await asyncio.sleep(0.01)
    running.cancel()
    await asyncio.wait([running])
    await outbox.close()


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), sys.argv[2]))
