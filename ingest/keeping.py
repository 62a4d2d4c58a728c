"""What is done for the files of a run once a second: they are synced, and looked at for what no report tells."""

from ingest.footage import Footage
from ingest.resolution import SizeWatch
from ingest.run import Run
from ingest.store import Store
from nvr.model import Cause


class Keeping:
    """Of one run. It touches the disk, and raises what that refuses."""

    def __init__(self, run: Run, footage: Footage, store: Store) -> None:
        self._run, self._footage, self._store = run, footage, store
        self._sizes = SizeWatch()

    def look(self, codec: str) -> Cause | None:
        """Keep what there is; returns why the run must end. `codec` is what the camera sends, empty while unknown."""
        self._footage.keep()
        if codec and self._sizes.has_changed(self._footage.growing_file, codec):
            return Cause.RESOLUTION
        if self._run.folder.is_dir():
            return None
        return Cause.DIRECTORY_GONE if self._store.is_mounted() else Cause.MOUNT_MISSING
