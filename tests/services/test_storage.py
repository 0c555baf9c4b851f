"""The suite of tests/storage once more, on PostgreSQL: every test that takes any kind of database."""

import inspect
from types import ModuleType
from typing import Any, Dict

from tests.storage import test_backup, test_database, test_erasure, test_repository, test_tracker_store


def _of_any_database(module: ModuleType) -> Dict[str, Any]:
    return {
        name: test
        for name, test in vars(module).items()
        if name.startswith("test_") and "database" in inspect.signature(test).parameters
    }


for _module in (test_backup, test_database, test_erasure, test_repository, test_tracker_store):
    globals().update(_of_any_database(_module))
