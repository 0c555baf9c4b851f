"""A trained model in memory: Rasa's agent, loaded from its file, with the parts that are also asked directly."""

import logging
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Type, TypeVar

import structlog
from rasa.core.agent import Agent, load_agent
from rasa.core.tracker_store import TrackerStore

from bot.core.reading import Reader
from bot.core.risk.screen import RiskScreen
from bot.errors import ModelError
from bot.nlu.in_process import InProcessActions
from bot.nlu.risk_screen import RiskScreenComponent
from bot.nlu.runner import StraightRunner
from bot.nlu.shortcuts import take_shortcuts
from bot.nlu.theme_classifier import ThemeClassifier

Component = TypeVar("Component")

# Rasa prints the texts it handles unless told otherwise.
structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))


@dataclass(frozen=True)
class Model:
    """A trained model; `version` is the name of its file."""

    agent: Agent
    risk_screen: RiskScreen
    reader: Reader
    version: str

    def connect(self, store: TrackerStore) -> None:
        """Let the agent use this store, and run our actions in this process."""
        self.agent.tracker_store = self.agent.processor.tracker_store = store
        self.agent.action_endpoint = self.agent.processor.action_endpoint = InProcessActions("actions")


async def load_model(path: Path) -> Model:
    """A model from its file, not connected to a database yet. Raises ModelError when it cannot be loaded."""
    take_shortcuts()
    os.environ.setdefault("SANIC_REGISTER", "False")
    agent = await load_agent(model_path=str(path), endpoints=None)
    if agent.processor is None:
        raise ModelError(f"The model {path.name} cannot be loaded. Train it again: interlude train")
    runner = agent.processor.graph_runner = StraightRunner(agent.processor.graph_runner)
    return Model(
        agent,
        _component(runner, RiskScreenComponent).screen,
        _component(runner, ThemeClassifier).reader,
        path.name.removesuffix(".tar.gz"),
    )


def _component(runner: StraightRunner, kind: Type[Component]) -> Component:
    """A component of the loaded model, so that the engine can ask it before the dialogue does."""
    for node in runner.nodes.values():
        component = getattr(node, "_component", None)
        if isinstance(component, kind):
            return component
    raise ModelError(f"The model has no {kind.__name__} in its pipeline. Put it back into config.yml and train again.")
