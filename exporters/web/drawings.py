"""Heatmaps drawn as PNG, alone or over a picture, with their legend. Those that show the same are drawn once."""

import asyncio
import hashlib
import io
from collections import OrderedDict
from dataclasses import astuple, dataclass, field

import numpy as np
import numpy.typing as npt
from PIL import Image

from exporters.web.legend import QUIET_TONES, draw_legend
from processor.heatmap import ColourMap, Scale, blend, indexed, palette
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
        image = self._alone() if self.beneath is None else self._over(self.beneath)
        if self.look.legend:
            image = draw_legend(image, ticks(int(self.counts.max()), self.look.scale), self.look.colours)
        output = io.BytesIO()
        image.save(output, "PNG", compress_level=1)
        return output.getvalue()

    def _alone(self) -> Image.Image:
        """With a palette, which takes a quarter of the time of true colours to draw and to write."""
        image = Image.fromarray(indexed(self.counts, *self.look.size, scale=self.look.scale))
        image.putpalette(palette(self.look.colours).tobytes() + QUIET_TONES)
        return image

    def _over(self, beneath: bytes) -> Image.Image:
        with Image.open(io.BytesIO(beneath)) as seen:
            picture = np.asarray(seen.convert("RGB").resize(self.look.size, Image.Resampling.BILINEAR))
        return Image.fromarray(blend(self.counts, picture, colours=self.look.colours, scale=self.look.scale))


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
