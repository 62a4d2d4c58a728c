"""The picture that stands where there is none, for pages that would show a broken one otherwise."""

import functools
import io

from PIL import Image, ImageDraw, ImageFont

GROUND, INK = (34, 37, 43), (142, 142, 154)
DEFAULT_WIDTH = 640


@functools.lru_cache(maxsize=8)
def placeholder(width: int | None = None) -> bytes:
    """A JPEG of 16 to 9 that says so."""
    across = width or DEFAULT_WIDTH
    image = Image.new("RGB", (across, max(1, across * 9 // 16)), GROUND)
    font = ImageFont.load_default(max(8, across // 14))
    ImageDraw.Draw(image).text((across / 2, image.height / 2), "no picture", INK, font, anchor="mm")
    output = io.BytesIO()
    image.save(output, "JPEG", quality=80)
    return output.getvalue()
