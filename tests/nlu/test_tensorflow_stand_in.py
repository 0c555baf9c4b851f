"""Rasa runs without TensorFlow, and says so when a component would need it."""

import importlib
import sys

import pytest

from bot.nlu.tensorflow_stand_in import PACKAGES, TensorFlowMissing


def test_the_stand_in_is_asked_after_all_real_finders() -> None:
    places = {
        type(item).__name__ if not isinstance(item, type) else item.__name__: n for n, item in enumerate(sys.meta_path)
    }
    assert places["Finder"] > places["PathFinder"]


def test_other_missing_packages_are_still_missing() -> None:
    with pytest.raises(ModuleNotFoundError):
        importlib.import_module("a_package_that_does_not_exist")


def test_a_component_that_needs_tensorflow_is_named() -> None:
    from rasa.nlu.classifiers.diet_classifier import DIET

    with pytest.raises(TensorFlowMissing, match=r"rasa\.nlu\.classifiers\.diet_classifier\.DIET needs TensorFlow"):
        DIET(None, None, False, {})


def test_only_tensorflow_and_its_kin_are_stood_in_for() -> None:
    assert all(name.startswith(("tensorflow", "keras")) for name in PACKAGES)
