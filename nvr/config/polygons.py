"""Polygons of zones and masks: corners as fractions of the picture, enclosing something."""

from itertools import combinations
from math import isclose

from nvr.config.values import Unusable
from nvr.settings import Polygon

MOST_CORNERS = 64

Point = tuple[float, float]
Edge = tuple[Point, Point]


def polygon(value: object) -> Polygon:
    """The corners as they follow each other around the area; the last joins the first."""
    form = "write at least three corners as [x, y]: [[0.1, 0.5], [0.6, 0.5], [0.6, 1]]"
    if not isinstance(value, list):
        raise Unusable("is not a list of corners", form)
    points = tuple(_point(each, index) for index, each in enumerate(value))
    if len(set(points)) < 3:
        raise Unusable("has fewer than three different corners", form)
    if len(points) > MOST_CORNERS:
        raise Unusable("has too many corners", f"use at most {MOST_CORNERS}")
    if _crosses_itself(points):
        raise Unusable(
            "crosses itself", "give the corners in the order in which they follow each other around the area"
        )
    if abs(_doubled_area(points)) < 1e-6:
        raise Unusable("encloses no area", "the corners lie on one line; move one of them")
    return points


def _point(value: object, index: int) -> Point:
    if not (isinstance(value, list) and len(value) == 2 and all(_is_number(each) for each in value)):
        raise Unusable("is no corner", "write it as [x, y]: [0.1, 0.5]", index)
    x, y = float(value[0]), float(value[1])
    if not (0 <= x <= 1 and 0 <= y <= 1):
        hint = "write fractions of the picture from 0 to 1: [0, 0] is top left, [0.5, 0.5] the middle"
        raise Unusable("lies outside the picture", hint, index)
    return x, y


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _edges(points: Polygon) -> list[Edge]:
    return list(zip(points, points[1:] + points[:1], strict=True))


def _crosses_itself(points: Polygon) -> bool:
    return any(_cross(one, other) for one, other in combinations(_edges(points), 2) if not set(one) & set(other))


def _cross(one: Edge, other: Edge) -> bool:
    return _parts(one, other) and _parts(other, one)


def _parts(edge: Edge, other: Edge) -> bool:
    """Whether the ends of `other` lie on two sides of the line through `edge`."""
    return _side(*edge, other[0]) * _side(*edge, other[1]) < 0


def _side(a: Point, b: Point, c: Point) -> float:
    area = (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])
    return 0.0 if isclose(area, 0.0, abs_tol=1e-12) else area


def _doubled_area(points: Polygon) -> float:
    return sum(a[0] * b[1] - b[0] * a[1] for a, b in _edges(points))
