"""What `nvr` ends with: 2 says that starting it again is of no use."""

from pathlib import Path

import pytest

from nvr.cli import fail
from nvr.errors import ConfigError, DatabaseError, NvrError, StorageError, StorageTaken, StorageTooNew


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (ConfigError("unknown key", file="nvr.yaml"), 2),
        (StorageTooNew("the catalogue has version 99", path=Path("recordings")), 2),
        (StorageTaken("it is in use by another recorder", path=Path("recordings")), 1),
        (StorageError("the storage folder cannot be used", path=Path("recordings")), 1),
        (DatabaseError("the database is locked by another process"), 1),
    ],
)
def test_what_only_the_user_can_mend_is_code_2(error: NvrError, code: int) -> None:
    with pytest.raises(SystemExit) as ended:
        fail(error)
    assert ended.value.code == code
