"""Every exercise begins when nothing but its name is said, on the trained model."""

from typing import Callable

import pytest

from tests.conftest import Talk


@pytest.mark.asyncio(loop_scope="session")
async def test_every_exercise_begins_by_its_name(new_talk: Callable[[], Talk]) -> None:
    missed = []
    for technique in new_talk().engine.services.library.techniques.values():
        talk = new_talk()
        await talk.say("hi")
        result = await talk.say(technique.name)
        if result.replies[-1].id != f"{technique.id}.{technique.steps[0].id}":
            missed.append((technique.name, result.replies[-1].id))
    assert missed == []
