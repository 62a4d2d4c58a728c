"""The ways of finding motion that are compared: ours, and the usual ones.

OpenCV is optional (`pip install .[bench]`, as `make bench` does); what needs it is left out where it is missing.
"""

import importlib
import itertools
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
from scipy import ndimage

from nvr.model import FRAME_HEIGHT, FRAME_WIDTH, Frame, Picture
from nvr.settings import CameraSettings
from processor.analyser import CameraAnalyser
from processor.detector import Detector

FPS = 5
CAMERA = CameraSettings(name="yard", record="/dev/null")
CHANGE = 25
"""The gray levels from which most programs call a pixel changed."""

MOG2 = "MOG2, OpenCV"
BLUR = 21
"""The usual width of the blur before two pictures are compared, in pixels."""

PAUSE_SECONDS = 0.005
"""Between two cameras' frames. Longer pauses make a frame hardly dearer (measured up to 20 ms)."""

Look = Callable[[Picture], object]
"""Takes in the next picture, `(height, width) uint8`; with several lanes `(N, height, width)`."""


@dataclass(frozen=True, slots=True)
class Contender:
    """`begin` makes a fresh one that has seen nothing. `zoom` 2 looks at 320 x 180; each of `lanes` is a camera.

    `frames` is how many it is shown, where all of them would take too long.
    """

    name: str
    begin: Callable[[], Look]
    zoom: int = 1
    lanes: int = 1
    frames: int | None = None

    @property
    def size(self) -> str:
        return f"{FRAME_WIDTH * self.zoom} x {FRAME_HEIGHT * self.zoom}"


def contenders() -> list[Contender]:
    """All that can run here; the first is what the others are compared with."""
    ours = [
        Contender("our detector, one camera", lambda: _detector(1)),
        Contender("our detector, a camera of a batch of 32", lambda: _detector(32), lanes=32),
        Contender("our whole analyser: events, activity, heatmap", _analyser),
        Contender("the same, 8 cameras in turn with pauses", lambda: _analysers_in_turn(8), lanes=8, frames=90),
    ]
    usual = [
        Contender("running average, numpy", _running_average),
        Contender("blur and difference, scipy", _blur_and_difference),
    ]
    cv = _opencv()
    if cv is None:
        return [*ours, *usual]
    return [*ours, *usual, *_of_opencv(cv)]


def usual_ways() -> list[Contender]:
    """Those that tell which pixels move, as a mask of 255, and so can be judged as we are."""
    cv = _opencv()
    return [] if cv is None else _of_opencv(cv)


def _of_opencv(cv: Any) -> list[Contender]:
    found = [
        Contender("the original's blur and difference, OpenCV", lambda: _blur_and_contours(cv), zoom=2),
        Contender("running average as Frigate's, OpenCV", lambda: _running_contours(cv), zoom=2),
        Contender(MOG2, lambda: cv.createBackgroundSubtractorMOG2().apply, zoom=2),
        Contender("KNN, OpenCV", lambda: cv.createBackgroundSubtractorKNN().apply, zoom=2),
    ]
    if hasattr(cv, "bgsegm"):
        counting = {"minPixelStability": FPS, "useHistory": True, "maxPixelStability": 60 * FPS}
        begin = cv.bgsegm.createBackgroundSubtractorCNT
        found.append(Contender("CNT, OpenCV", lambda: begin(**counting).apply, zoom=2))
    return found


def _opencv() -> Any:
    try:
        cv = importlib.import_module("cv2")
    except ImportError:
        return None
    cv.setNumThreads(1)
    return cv


def _times() -> Iterator[datetime]:
    start = datetime(2026, 1, 1, tzinfo=UTC)
    return (start + timedelta(seconds=number / FPS) for number in itertools.count())


def _detector(lanes: int) -> Look:
    detector, times = Detector([CAMERA] * lanes), _times()

    def look(pictures: Picture) -> object:
        return detector.detect(pictures.reshape(lanes, FRAME_HEIGHT, FRAME_WIDTH), [next(times)] * lanes)

    return look


def _analyser() -> Look:
    analyser, times = CameraAnalyser(CAMERA), _times()
    return lambda picture: analyser.analyse(Frame(CAMERA.name, next(times), picture))


def _analysers_in_turn(lanes: int) -> Look:
    """As the recorder does it: between two frames of a camera the processor's caches have seen other things."""
    looks = [_analyser() for _ in range(lanes)]

    def look(pictures: Picture) -> None:
        for one, picture in zip(looks, pictures, strict=True):
            time.sleep(PAUSE_SECONDS)
            one(picture)

    return look


def _running_average() -> Look:
    """The least that can be called motion detection: no tolerance of noise, light or rain."""
    average = np.zeros((0, 0), np.float32)

    def look(picture: Picture) -> bool:
        nonlocal average
        if not average.size:
            average = picture.astype(np.float32)
        difference = picture - average
        average += 0.05 * difference
        return int(np.count_nonzero(np.abs(difference) > CHANGE)) > picture.size // 500

    return look


def _blur_and_difference() -> Look:
    """What small recorders do, this project's forerunner among them: changed regions between two blurred pictures."""
    last = np.zeros((0, 0), np.int16)

    def look(picture: Picture) -> int:
        nonlocal last
        blurred = ndimage.gaussian_filter(picture, sigma=3.5, radius=BLUR // 2).astype(np.int16)
        changed = np.abs(blurred - (last if last.size else blurred)) > CHANGE
        last = blurred
        _, count = ndimage.label(ndimage.binary_dilation(changed, iterations=2))
        return int(count)

    return look


def _blur_and_contours(cv: Any) -> Look:
    """The same as everybody writes it with OpenCV."""
    last: Any = None

    def look(picture: Picture) -> Any:
        nonlocal last
        blurred = cv.GaussianBlur(picture, (BLUR, BLUR), 0)
        change = cv.absdiff(blurred, blurred if last is None else last)
        last = blurred
        _, changed = cv.threshold(change, CHANGE, 255, cv.THRESH_BINARY)
        grown = cv.dilate(changed, None, iterations=2)
        contours, _ = cv.findContours(grown, cv.RETR_EXTERNAL, cv.CHAIN_APPROX_SIMPLE)
        return grown if any(cv.contourArea(contour) for contour in contours) else changed

    return look


def _running_contours(cv: Any) -> Look:
    """As Frigate does it: against a running average, blurred, and the contours of what differs."""
    average: Any = None

    def look(picture: Picture) -> Any:
        nonlocal average
        smooth = cv.GaussianBlur(picture, (3, 3), 0)
        average = smooth.astype(np.float32) if average is None else average
        change = cv.absdiff(smooth, cv.convertScaleAbs(average))
        _, changed = cv.threshold(change, CHANGE, 255, cv.THRESH_BINARY)
        grown = cv.dilate(changed, None, iterations=1)
        contours, _ = cv.findContours(grown, cv.RETR_EXTERNAL, cv.CHAIN_APPROX_SIMPLE)
        cv.accumulateWeighted(smooth, average, 0.05)
        return grown if any(cv.contourArea(contour) for contour in contours) else changed

    return look
