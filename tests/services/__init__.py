import pytest

# Suites that run here on other servers.
pytest.register_assert_rewrite("tests.storage", "tests.workers")
