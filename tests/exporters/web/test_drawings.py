"""Heatmaps as PNG: equal ones are drawn once, and a legend stands only where there is room."""

import asyncio
import io
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from exporters.web import drawings
from exporters.web.drawings import Drawing, Drawings, Look
from processor.heatmap import ColourMap, Scale
from tests.processor.true_colours import render

COUNTS = np.zeros((45, 80), np.uint64)
COUNTS[20:24, 30:40] = 500
PLAIN = Drawing(COUNTS)


def test_every_difference_has_another_tag_and_the_same_the_same() -> None:
    hotter = COUNTS.copy()
    hotter[0, 0] = 1
    looks = Look(size=(320, 180)), Look(colours=ColourMap.VIRIDIS), Look(scale=Scale.LINEAR), Look(legend=False)
    others = [Drawing(hotter), Drawing(COUNTS, b"jpeg"), *(Drawing(COUNTS, look=look) for look in looks)]
    assert len({PLAIN.etag, *(other.etag for other in others)}) == 7
    assert Drawing(COUNTS.copy()).etag == PLAIN.etag


def test_equal_drawings_are_drawn_once_also_at_the_same_time() -> None:
    async def scenario() -> None:
        kept = Drawings()
        first, second = await asyncio.gather(kept.draw(PLAIN), kept.draw(Drawing(COUNTS.copy())))
        assert first is second
        assert await kept.draw(PLAIN) is first

    asyncio.run(scenario())


def test_the_drawings_asked_for_longest_ago_are_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    async def scenario() -> None:
        kept = Drawings()
        other = Drawing(COUNTS, look=Look(scale=Scale.LINEAR))
        first, second = await kept.draw(PLAIN), await kept.draw(other)
        monkeypatch.setattr(drawings, "MOST_KEPT_BYTES", len(first) + len(second) + 10)
        assert await kept.draw(PLAIN) is first
        await kept.draw(Drawing(COUNTS, look=Look(size=(320, 180))))
        assert await kept.draw(PLAIN) is first
        assert await kept.draw(other) is not second

    asyncio.run(scenario())


@pytest.mark.parametrize(("size", "there"), [((1280, 720), True), ((200, 110), True), ((199, 110), False)])
def test_a_legend_stands_where_there_is_room(size: tuple[int, int], there: bool) -> None:
    look = Look(size=size)
    assert (Drawing(COUNTS, look=look).png() != Drawing(COUNTS, look=replace(look, legend=False)).png()) is there


@pytest.mark.parametrize("colours", ColourMap)
def test_a_heatmap_alone_has_the_colours_of_one_over_a_picture(colours: ColourMap) -> None:
    look = Look(colours=colours, legend=False)
    with Image.open(io.BytesIO(Drawing(COUNTS, look=look).png())) as alone:
        assert alone.mode == "P"
        differences = np.abs(np.asarray(alone.convert("RGB")).astype(int) - render(COUNTS, 640, 360, colours=colours))
    assert differences.max() <= 12
