"""Rasa is imported without libraries that the service never uses; whoever wants one of them still gets it."""

import importlib
import subprocess
import sys

from bot.nlu.sparing import NEVER_USED, spared

PACKAGE = "wsgiref.simple_server"


def test_a_spared_package_is_stood_in_for_only_while_the_door_is_open() -> None:
    sys.modules.pop(PACKAGE, None)
    with spared(PACKAGE):
        assert "stand_in" in type(importlib.import_module(PACKAGE)).__module__
    assert importlib.import_module(PACKAGE).WSGIServer.__module__ == PACKAGE


def test_a_package_that_is_there_already_is_left_as_it_is() -> None:
    import json

    with spared("json"):
        assert importlib.import_module("json") is json


def test_the_service_starts_without_what_it_never_uses_and_can_still_import_it() -> None:
    code = (
        "import sys, bot.channels.server; from bot.nlu.sparing import NEVER_USED;"
        "print([name for name in NEVER_USED if name in sys.modules]);"
        "import sklearn.svm; sklearn.svm.SVC()"
    )
    result = subprocess.run([sys.executable, "-W", "ignore", "-c", code], capture_output=True, text=True, check=True)
    assert NEVER_USED and result.stdout.strip() == "[]"
