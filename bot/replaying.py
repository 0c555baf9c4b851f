"""Running written conversations through the real engine, on a database that is thrown away."""

import tempfile
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any, Callable, Dict, List, Mapping, Sequence

from bot.core.conversation import PERSONAL
from bot.engine import Engine, TurnResult
from bot.settings import Settings

START = datetime(2026, 1, 5, 9, 0, tzinfo=timezone.utc)


async def replay(
    settings: Settings, conversations: Sequence[Mapping[str, Any]], progress: Callable[[int], None] = lambda done: None
) -> List[Dict[str, Any]]:
    """Replay `{"id", "turns", "channel"?, "next_day_after"?}`; each by a new person. A turn that failed has an "error"."""
    with tempfile.TemporaryDirectory() as folder:
        engine = await Engine.start(settings.replace(database=f"sqlite:///{Path(folder) / 'replay.db'}"))
        try:
            results = []
            for number, conversation in enumerate(conversations, 1):
                results.append(await _conversation(engine, conversation))
                progress(number)
            return results
        finally:
            engine.close()


async def _conversation(engine: Engine, conversation: Mapping[str, Any]) -> Dict[str, Any]:
    channel = conversation.get("channel", "replay")
    nights = set(conversation.get("next_day_after", ()))
    now, turns = START, []
    for number, text in enumerate(conversation["turns"], 1):
        # By address, as a channel does: after an erasure the same address is a new person.
        person = await engine.person(channel, str(conversation["id"]))
        result = await engine.handle(person, channel, text, capabilities=PERSONAL, now=now)
        turns.append(_turn(text, result))
        now += timedelta(days=1) if number in nights else timedelta(minutes=1)
    return {"id": conversation["id"], "turns": turns}


def _turn(text: str, result: TurnResult) -> Dict[str, Any]:
    judgement = result.heard.judgement
    turn: Dict[str, Any] = {
        "text": text,
        "themes": [{"name": theme.name, "score": round(theme.score, 4)} for theme in result.heard.themes],
        "kind": result.heard.kind,
        "risk": {
            "level": judgement.level.name,
            "kind": judgement.kind,
            "reason": judgement.reason,
            "conversation": result.level,
        },
        "actions": list(result.actions),
        "ms": round(result.milliseconds, 1),
    }
    if result.failed:
        turn["error"] = result.failed
    turn["replies"] = [{"id": reply.id, "text": reply.text, "buttons": list(reply.buttons)} for reply in result.replies]
    return turn


def as_transcript(conversation: Mapping[str, Any]) -> str:
    """A replayed conversation to read aloud."""
    lines = [f"## {conversation['id']}", ""]
    for turn in conversation["turns"]:
        lines += [f"> {turn['text']}", ""]
        for reply in turn["replies"]:
            lines.append(reply["text"])
            if reply["buttons"]:
                lines.append("  ".join(f"[{title}]" for title in reply["buttons"]))
            lines.append("")
    return "\n".join(lines)
