"""What sharing would show is seen on every channel on which a person can share, before anything is shared."""

import pytest

from .conftest import Say

pytestmark = pytest.mark.asyncio(loop_scope="session")
TOLD = "my name's Tom Berger and i feel like such a burden to everyone around me"
SHOWN = "Message 1, you: my name's [name] and i feel like such a burden"


@pytest.mark.parametrize("say", ["web", "stream", "terminal", "telegram"], indirect=True)
async def test_both_sides_are_shown_redacted(say: Say) -> None:
    await say(TOLD)
    (answer, *_) = await say("Berger is tired of it")
    await say("share this conversation")
    shown = " ".join(" ".join(await say("Show me first")).split())
    assert SHOWN in shown and "Message 2, you: [name] is tired" in shown
    assert f"The program: {' '.join(answer.split())[:40]}" in shown
    assert "Tom" not in shown and "Berger" not in shown
    shown = " ".join(await say("only my second message"))
    assert "Message 2, you: [name] is tired" in shown and "Message 1" not in shown
