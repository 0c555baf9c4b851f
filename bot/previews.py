"""What sharing would show, put beneath the reply that speaks of it.

It is made whenever the reply is shown and is stored nowhere, so that nothing forgotten later lives on in it.
"""

from typing import Dict, List, Sequence

from sqlalchemy.orm import Session

from bot.core.conversation import Reply
from bot.core.guide.sharing import PREVIEW
from bot.core.guide.turn import fill
from bot.core.library import Library
from bot.storage import consents
from bot.storage.review import Preview


def wanted(replies: Sequence[Reply]) -> bool:
    """Whether one of these replies is shown with what a practitioner would read."""
    return any(reply.data.get("request") == PREVIEW for reply in replies)


def attached(session: Session, library: Library, person_id: str, turn_id: int, replies: Sequence[Reply]) -> List[Reply]:
    """The replies of a turn, each that wants it with both sides of what a practitioner would read then."""
    shown = []
    for reply in replies:
        if reply.data.get("request") == PREVIEW:
            rows = consents.preview(session, person_id, turn_id, reply.data["turns"])
            lines = [reply.text, *(line for row in rows for line in _lines(library, row))]
            reply = Reply(reply.id, "\n".join(lines), reply.buttons, {"request": PREVIEW})
        shown.append(reply)
    return shown


def _lines(library: Library, row: Preview) -> List[str]:
    def line(saying: str, values: Dict[str, str]) -> str:
        return fill(library.sayings[saying].texts[0], values)

    own = line("share.shown", {"number": str(row.number), "words": row.text})
    return [own, *(line("share.shown_reply", {"words": said}) for said in row.replies)]
