"""Importing Rasa without what it imports for channels, stores and classifiers that this service does not have.

Together they cost seconds of every start and eighty megabytes. While `spared` is open, the packages named are answered
by stand-ins (see the stand-in for TensorFlow); afterwards whoever imports one of them gets the real one.
"""

import sys
from contextlib import contextmanager
from typing import Iterator

from bot.nlu.tensorflow_stand_in import Finder

# The libraries of Rasa's channels, document stores, classifiers, pictures and command line; spaCy's command line.
NEVER_USED = (
    "aiogram",
    "boto3",
    "botocore",
    "fbmessenger",
    "matplotlib",
    "mattermostwrapper",
    "prompt_toolkit",
    "pymongo",
    "questionary",
    "rocketchat_API",
    "sklearn",
    "slack_sdk",
    "socketio",
    "spacy.cli",
    "twilio",
    "webexteamssdk",
)


@contextmanager
def spared(*packages: str) -> Iterator[None]:
    """Import what stands inside without `packages`; one that is there already is left as it is."""
    finder = Finder(packages)
    sys.meta_path.insert(0, finder)
    try:
        yield
    finally:
        sys.meta_path.remove(finder)
        for name, module in list(sys.modules.items()):
            if getattr(module, "__loader__", None) is finder:
                del sys.modules[name]
