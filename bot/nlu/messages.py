"""Between what Rasa stores of a message or a slot and the plain data of `bot.core`."""

from typing import Any, Mapping, Optional, Tuple

from bot.core.conversation import Heard, Judgement, ThemeScore
from bot.core.guide.turn import State


def heard_from(
    text: Optional[str], parsed: Mapping[str, Any], capabilities: Tuple[str, ...] = (), cut: bool = False
) -> Heard:
    """One message as it was understood, from Rasa's parse data."""
    reading = parsed.get("reading") or {}
    risk = parsed.get("risk")
    return Heard(
        text=text or "",
        kind=reading.get("kind", "empty"),
        confidence=float(reading.get("confidence", 0.0)),
        themes=tuple(ThemeScore.from_dict(item) for item in reading.get("themes", ())),
        near=tuple(ThemeScore.from_dict(item) for item in reading.get("near", ())),
        sections=dict(reading.get("sections", {})),
        judgement=Judgement.from_dict(risk) if risk else Judgement(),
        cut=cut,
        capabilities=capabilities,
    )


def state_from(slot: Optional[Mapping[str, Any]]) -> State:
    """Where the conversation stands, from the `session` slot."""
    return State.from_dict(slot)


def block_metadata(message: Any) -> Mapping[str, Any]:
    """The metadata of the block of training examples that a Rasa message stands in, with its own; empty without any."""
    metadata = message.get("metadata") or {}
    return {**(metadata.get("intent") or {}), **(metadata.get("example") or {})}
