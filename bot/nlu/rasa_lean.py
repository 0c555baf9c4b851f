"""Imports Rasa without the libraries this service never uses. To be imported before anything else that imports Rasa or spaCy."""

from bot.nlu.sparing import NEVER_USED, spared

with spared(*NEVER_USED):
    import rasa.core.agent
    import rasa.engine.recipes.default_components  # noqa: F401
    import spacy  # noqa: F401
