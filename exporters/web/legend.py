"""The legend in a heatmap's lower left corner: all its colours, and the counts that some of them stand for."""

from collections.abc import Sequence
from functools import cache

from PIL import Image, ImageDraw, ImageFont

from processor.heatmap import ColourMap
from processor.legend import Tick, ramp

TITLE = "frames with motion"
NARROWEST, LOWEST = 200, 110
"""Smaller pictures have no room for one."""

PLATE, WORDS, QUIET = (10, 14, 20, 190), (240, 244, 248, 255), (172, 184, 198, 255)


QUIET_TONES = b"".join(
    bytes(round(dark + (light - dark) * step / 15) for dark, light in zip(PLATE[:3], WORDS[:3], strict=True))
    for step in range(16)
)
"""The last 16 colours of a picture with a palette: from the plate's to that of the words on it."""


def draw_legend(image: Image.Image, ticks: Sequence[Tick], colours: ColourMap) -> Image.Image:
    """The picture, RGB or with a palette, with the legend on it; or as it is where there is no room."""
    if image.width < NARROWEST or image.height < LOWEST:
        return image
    margin = _unit(image.width, image.height)
    plate = _plate(ticks, colours, margin)
    place = margin, image.height - plate.height - margin
    if image.mode == "P":
        # What shines through a plate is in no palette: here it is opaque.
        tones = plate.convert("RGB").quantize(palette=image, dither=Image.Dither.NONE)
        image.paste(tones, place, plate.getchannel("A").point(lambda alpha: 255 * (alpha > 0), "1"))
    else:
        image.paste(plate, place, plate)
    return image


def _unit(width: int, height: int) -> int:
    """The height of small letters in pixels: all lengths are made of it."""
    return max(10, min(width // 60, height // 34))


def _plate(ticks: Sequence[Tick], colours: ColourMap, unit: int) -> Image.Image:
    """Drawn RGBA, with the title above the colours and the counts beneath them."""
    long, font = 16 * unit, _font(unit)
    plate = Image.new("RGBA", (long + 2 * unit, 4 * unit + unit // 2), (0, 0, 0, 0))
    draw = ImageDraw.Draw(plate)
    draw.rounded_rectangle((0, 0, plate.width - 1, plate.height - 1), unit // 2, PLATE)
    draw.text((unit, unit), TITLE, QUIET, font, anchor="lm")
    top = 2 * unit - unit // 4
    plate.paste(Image.fromarray(ramp(long, unit, colours)), (unit, top))
    for tick in ticks:
        x, anchor = unit + round(tick.share * (long - 1)), {0.0: "lm", 1.0: "rm"}.get(tick.share, "mm")
        draw.line((x, top + unit, x, top + unit + unit // 4), WORDS, max(1, unit // 12))
        draw.text((x, top + 2 * unit - unit // 8), tick.label, WORDS, font, anchor=anchor)
    return plate


@cache
def _font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    return ImageFont.load_default(size)
