"""The storage that a recorder left behind, told of as it would itself."""

from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager

from exporters.metrics import Metrics
from exporters.web.protections import protection_json
from exporters.web.storage import cleanup_json, forecasts_json
from ingest.retention import Retention
from ingest.store import CATALOGUE, Store
from nvr.clock import UtcClock
from nvr.commands.stored import Json, Storage
from nvr.config.retention import changed
from nvr.errors import EnvironmentNotReady, NvrError
from nvr.housekeeping import Protection
from nvr.model import Fact
from nvr.settings import Settings


class _NoFacts:
    """For whoever deletes nothing."""

    def put(self, fact: Fact) -> None:
        raise AssertionError(f"no fact was to come of this: {fact}")


class LeftBehind:
    """What `nvr.commands.stored.Storage` is, of a store that is open here."""

    def __init__(self, settings: Settings, store: Store) -> None:
        self._protections = store.protections
        self._keeper = Retention(
            settings.storage,
            settings.own_limits,
            store,
            facts=_NoFacts(),
            telemetry=Metrics(settings.site),
            clock=UtcClock(),
        )

    def cleanup_status(self, camera: str | None) -> Json:
        return cleanup_json(self._keeper, camera)

    def forecasts(self, limits: Mapping[str, str]) -> Json:
        return forecasts_json(self._keeper, changed(self._keeper.limits, limits) if limits else None)

    def protections(self) -> list[Json]:
        return [protection_json(each) for each in self._protections.all()]

    def protect(self, wanted: Protection) -> Json:
        return protection_json(self._protections.add(wanted))

    def unprotect(self, protection_id: str) -> Json:
        removed = self._protections.remove(protection_id)
        if removed is None:
            raise NvrError(f"there is no protection {protection_id}", hint="nvr protect lists them")
        return protection_json(removed)


@contextmanager
def left_storage(settings: Settings) -> Iterator[Storage]:
    """Makes nothing where nothing is. Raises StorageTaken where a recorder uses it after all."""
    folder = settings.storage.path
    if not (folder / CATALOGUE).exists():
        raise EnvironmentNotReady(f"there is no footage in {folder}", hint="nvr run records some")
    with closing(Store(folder)) as store:
        yield LeftBehind(settings, store)
