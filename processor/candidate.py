"""A candidate: cells that differ and hang together, of which the evidence says whether they show an object.

An object has an edge (light has none), hides the scene's texture (shadows and lamps do not), and is not the scene
itself, swaying.
"""

import math
from dataclasses import dataclass

from processor.evidence import Findings

RELIT, RELIT_SMALL, FEW_PIXELS, CRISP = 0.45, 0.62, 70, 0.4
"""Correlations of texture above which a component, or one of few pixels that is so sharp, only changed its light."""

EDGED, EDGED_DIM, DIM = 0.23, 0.27, 6.0
"""The least sharpness of an object, and of one dimmer in thresholds. What is out of focus on the lens has 0.18 at most
and a cloud's rim, always dim, 0.26; bright plain vans have 0.24, people 0.3."""

SOFT, HIDDEN, MANY_PIXELS = 0.15, 0.4, 500
"""The least sharpness of what is near the lens, and so out of focus, but hides the scene: no more than this shines
through inside, over so many pixels. Clouds and insects on the lens let 0.48 through at least, headlights all."""

ASIDE, ASIDE_FAINT, ASIDE_RESTLESS = 0.85, 0.6, 0.5
"""The share of pixels at which something, or what is faint or so near, or anything in a restless scene, is the scene
itself, swaying or out of focus: people have 0.25, small things 0.4, what is hardly brighter than a wall 0.55, a hand
before the lens 0.1."""

FAINT, RESTLESS = 4.0, 2.0
"""The strength up to which something is faint, and the usual sparks from which on a scene is restless."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """So many cells, what the `whole` of them shows, those at the `edge` and those `inside`, and how many sparks are
    usual."""

    cells: int
    whole: Findings
    edge: Findings
    inside: Findings
    sparks: float

    def without(self, noise: float) -> "Candidate":
        """The same had the picture no noise, of whose squared gradients that is the mean."""
        return Candidate(
            self.cells, self.whole.without(noise), self.edge.without(noise), self.inside.without(noise), self.sparks
        )

    @property
    def strength(self) -> float:
        """Its contrast in thresholds, times the square root of its cells."""
        return self.whole.contrast * math.sqrt(self.cells)

    @property
    def is_object(self) -> bool:
        sharpness, is_near = self.whole.sharpness(self.edge), self._is_near
        visible = sharpness >= SOFT if is_near else self._has_edge(sharpness) and self._hides_texture(sharpness)
        return visible and self.whole.aside < self._most_aside(is_near) * self.whole.pixels

    @property
    def _is_near(self) -> bool:
        """Whether nothing of the scene is left inside something large, however soft its rim is."""
        if self.whole.pixels < MANY_PIXELS or not self.inside.telling:
            return False
        return self.inside.transparency <= HIDDEN

    def _has_edge(self, sharpness: float) -> bool:
        return sharpness >= (EDGED_DIM if self.whole.contrast < DIM else EDGED)

    def _hides_texture(self, sharpness: float) -> bool:
        small = self.whole.pixels < FEW_PIXELS and sharpness > CRISP
        return max(self.whole.survival, self.inside.survival) <= (RELIT_SMALL if small else RELIT)

    def _most_aside(self, is_near: bool) -> float:
        if self.sparks >= RESTLESS:
            return ASIDE_RESTLESS
        return ASIDE_FAINT if self.strength < FAINT or is_near else ASIDE
