"""A lane: one camera's way through the detector, with all that is remembered of it beside the background."""

from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import numpy as np

from nvr.model import FRAME_HEIGHT, FRAME_WIDTH, Picture, SceneChange
from nvr.settings import CameraSettings
from processor.acuity import Demand, Rung, View, max_area_map, min_area_map, rungs, sensitivity_map
from processor.background import Background
from processor.beginning import Beginning
from processor.cells import Bools, Counts, count_per_cell
from processor.lamps import Lamps
