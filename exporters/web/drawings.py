"""Heatmaps drawn as PNG, alone or over a picture, with their legend. Those that show the same are drawn once."""

import asyncio
import hashlib
import io
from collections import OrderedDict
from dataclasses import astuple, dataclass, field

import numpy as np
import numpy.typing as npt
from PIL import Image

from exporters.web.legend import draw_legend
from processor.heatmap import ColourMap, Scale, blend, render
from processor.legend import ticks

MOST_KEPT_BYTES = 16_000_000


@dataclass(frozen=True, slots=True)
class Look:
    """How a heatmap is to be drawn; `size` is width and height."""

    size: tuple[int, int] = (640, 360)
    colours: ColourMap = ColourMap.JET
    scale: Scale = Scale.LOG
    legend: bool = True


@dataclass(frozen=True, slots=True)
class Drawing:
    """Counts `(45, 80) uint64`, the JPEG beneath, if any, and the look. Equal content has an equal `etag`."""

    counts: npt.NDArray[np.uint64]
    beneath: bytes | None = None
    look: Look = field(default_factory=Look)

    @property
    def etag(self) -> str:
        content = hashlib.blake2s(self.counts.tobytes(), digest_size=16)
        content.update(self.beneath or b"")
        content.update(repr(astuple(self.look)).encode())
        return f'"{content.hexdigest()}"'

    def png(self) -> bytes:
        width, height = self.look.size
        colours, scale = self.look.colours, self.look.scale
        if self.beneath is None:
            picture = render(self.counts, width, height, colours=colours, scale=scale)
        else:
            picture = blend(self.counts, self._seen(self.beneath), colours=colours, scale=scale)
        image = Image.fromarray(picture)
        if self.look.legend:
            image = draw_legend(image, ticks(int(self.counts.max()), scale), colours)
        output = io.BytesIO()
        image.save(output, "PNG", compress_level=1)
        return output.getvalue()

    def _seen(self, beneath: bytes) -> npt.NDArray[np.uint8]:
        with Image.open(io.BytesIO(beneath)) as seen:
            return np.asarray(seen.convert("RGB").resize(self.look.size, Image.Resampling.BILINEAR))


class Drawings:
    """Draws one at a time in a thread, since the largest takes 200 MB meanwhile, and keeps the last ones. Serves one
    event loop."""

    def __init__(self) -> None:
        self._drawing = asyncio.Lock()
        self._kept: OrderedDict[str, bytes] = OrderedDict()

    async def draw(self, drawing: Drawing) -> bytes:
        etag = drawing.etag
        async with self._drawing:
            if etag not in self._kept:
                self._kept[etag] = await asyncio.to_thread(drawing.png)
            self._kept.move_to_end(etag)
            content = self._kept[etag]
        self._forget()
        return content

    def _forget(self) -> None:
        while len(self._kept) > 1 and sum(map(len, self._kept.values())) > MOST_KEPT_BYTES:
            self._kept.popitem(last=False)
