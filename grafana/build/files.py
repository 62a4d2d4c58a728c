"""The dashboards' files: what stands in each."""

import json
from pathlib import Path

from grafana.build import camera, coverage, motion, overview, pipeline, storage

DASHBOARDS = Path(__file__).parents[1] / "dashboards"
MAKERS = (overview, camera, motion, storage, coverage, pipeline)


def written() -> dict[str, str]:
    """By file name, the text."""
    made = [maker.build() for maker in MAKERS]
    return {f"{one['uid'].removeprefix('nvr-')}.json": json.dumps(one, indent=2) + "\n" for one in made}
