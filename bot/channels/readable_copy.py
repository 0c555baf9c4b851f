"""A person's copy of everything as a page to read: talk by talk, who said what and when, and what came of it.

It is made from an export (bot.storage.repository) alone; rows of the program itself are only counted here.
"""

from collections import defaultdict
from datetime import datetime
from typing import Any, Dict, Iterator, List, Mapping, Sequence

Row = Mapping[str, Any]
Rows = Sequence[Row]

INTRODUCTION = (
    "This is all that is stored about you, as a page to read. Times are in UTC. The other file of the copy (JSON) holds the "
    "same for programs, with every row in full."
)
# Told within the talks, or above and below them; all other rows are counted.
TOLD = (
    "person",
    "addresses",
    "conversations",
    "messages",
    "themes",
    "replies",
    "exercises",
    "notes",
    "ratings",
    "steps",
    "corrections",
    "alerts",
    "shares",
    "readings",
    "review_decisions",
    "review_notes",
    "library_inbox",
)


def as_markdown(content: Mapping[str, Any]) -> str:
    """An export as Markdown."""
    copy = _Copy(content)
    parts = [
        ["# What interlude keeps about you", INTRODUCTION, *copy.person()],
        *(copy.talk(row) for row in copy.rows("conversations")),
        ["## What you agreed to", *copy.consents()],
        ["## Who read it", *(copy.readings() or ["Nobody has read any of it."])],
        ["## What practitioners decided and wrote", *(copy.decisions() or ["Nothing."])],
        ["## The program's own rows", "They are in the JSON file; here is only how many there are.", copy.own_rows()],
    ]
    return "\n\n".join(line for part in parts for line in part) + "\n"


class _Copy:
    """Finds the rows of an export by the message they belong to, and puts them into sentences."""

    def __init__(self, content: Mapping[str, Any]) -> None:
        self._content = content
        self._of_turn: Dict[str, Dict[int, List[Row]]] = {}
        for name in TOLD:
            self._of_turn[name] = defaultdict(list)
            for row in self.rows(name):
                self._of_turn[name][row.get("turn_id", 0)].append(row)
        self._talks = {row["id"]: row["number"] for row in self.rows("conversations")}
        self._messages = {row["id"]: row for row in self.rows("messages")}

    def rows(self, name: str) -> Rows:
        """The rows of a kind, in the order in which they came."""
        found: Rows = self._content.get(name, [])
        return found

    def person(self) -> Iterator[str]:
        """When they were here, and how they are found again."""
        for row in self.rows("person"):
            yield f"You were first here on {_moment(row['created_at'])}, and last on {_moment(row['last_seen_at'])}."
        channels = sorted({str(row["channel"]) for row in self.rows("addresses")})
        if channels:
            yield f"You are found again by: {', '.join(channels)}."

    def talk(self, talk: Row) -> Iterator[str]:
        """One conversation, message by message."""
        yield f"## Talk {talk['number']}, {_day(talk['started_at'])}"
        end = f", ended {_moment(talk['ended_at'])} ({talk['end_reason']})" if talk.get("ended_at") else ""
        yield f"Begun at {_time(talk['started_at'])} on {talk['channel']}{end}."
        if talk["highest_level"] != "none":
            yield f"Highest level of danger noted: {_named(talk['highest_level'], talk['highest_kind'])}."
        for message in self.rows("messages"):
            if message["conversation_id"] == talk["id"]:
                yield from self._message(message)

    def consents(self) -> Iterator[str]:
        """Use for training, and what was shared."""
        for row in self.rows("person"):
            agreed = row.get("training_consent_at")
            yield f"Use for training: {f'agreed to on {_moment(agreed)}' if agreed else 'not agreed to'}."
        for row in self.rows("shares"):
            what = self._place(row["turn_id"]) if row.get("turn_id") else f"talk {self._talk(row)} as it was then"
            until = f", until {_moment(row['until'])}" if row.get("until") else ""
            ended = f"; taken back on {_moment(row['revoked_at'])}" if row.get("revoked_at") else ""
            yield f"- Shared on {_moment(row['shared_at'])}: {what}{until}{ended}."
        if not self.rows("shares"):
            yield "Nothing was shared."

    def readings(self) -> List[str]:
        """Who of the staff read what, and when."""
        return [
            f"- {_moment(row['at'])}: {row['reader']} ({row['role']}), talk {self._talk(row)}, messages "
            f"{', '.join(map(str, row['turns']))}, for: {row['what']}{'; partly blacked out' if row['redacted'] else ''}."
            for row in self.rows("readings")
        ]

    def decisions(self) -> List[str]:
        """What practitioners made of messages that they could read."""
        return [
            *(
                f"- {_moment(row['at'])}: decided on the {row['aspect']} of {self._place(row['turn_id'])}: {row['value']}."
                for row in self.rows("review_decisions")
            ),
            *(
                f"- {_moment(row['at'])}: a {row['kind']} on {self._place(row['turn_id'])}: {row['text']}"
                for row in self.rows("review_notes")
            ),
            *(
                f"- {_moment(row['at'])}: a better answer to {self._place(row['turn_id'])}: {row['better']}"
                for row in self.rows("library_inbox")
            ),
        ]

    def own_rows(self) -> str:
        """How many rows there are of kinds that hold nothing to read."""
        counted = {name: len(rows) for name, rows in self._content.items() if name not in TOLD and rows}
        return "\n".join(f"- {_readable(name)}: {count}" for name, count in counted.items()) or "None."

    def _message(self, message: Row) -> Iterator[str]:
        turn = message["id"]
        if not message["text"] and not self._of_turn["replies"][turn]:
            yield f"*{_time(message['at'])}: a message that was forgotten; its words are not kept.*"
            return
        yield f"**You**, {_time(message['at'])}"
        yield _quoted(message["text"])
        for reply in self._of_turn["replies"][turn]:
            yield "**interlude**"
            yield _quoted(reply["text"])
        came_of_it = "\n".join(f"- {line}" for line in self._came_of(message))
        if came_of_it:
            yield came_of_it

    def _came_of(self, message: Row) -> Iterator[str]:
        turn = message["id"]
        themes = [_readable(row["name"]) for row in self._of_turn["themes"][turn] if row["claimed"]]
        if themes:
            yield f"Recognised: {', '.join(themes)}"
        for row in self._of_turn["corrections"][turn]:
            yield f"You said later that this was not it: {', '.join(map(_readable, row['themes'])) or 'the reading'}"
        for row in self._of_turn["exercises"][turn]:
            yield f"Exercise “{_readable(row['technique_id'])}”: {row['event']}"
        for row in self._of_turn["notes"][turn]:
            words = "what you wrote here" if row["text"] == message["text"].strip() else f"“{row['text']}”"
            yield f"Kept as a note of “{_readable(row['technique_id'])}”: {words}"
        for row in self._of_turn["ratings"][turn]:
            about = f" (“{_readable(row['technique_id'])}”)" if row.get("technique_id") else ""
            yield f"Rating, {_readable(row['scale'])}{about}: {'skipped' if row['value'] is None else row['value']}"
        for row in self._of_turn["steps"][turn]:
            yield f"Step agreed{' in your words' if row['own_words'] else ''}: “{row['text']}”"
        for row in self._of_turn["alerts"][turn]:
            yield f"Marked for safety: {_named(row['level'], row['kind'])}"

    def _talk(self, row: Row) -> str:
        return str(self._talks.get(row["conversation_id"], "?"))

    def _place(self, turn_id: int) -> str:
        message = self._messages.get(turn_id)
        return f"message {message['number']} of talk {self._talk(message)}" if message else "a message"


def _readable(name: str) -> str:
    return name.removeprefix("technique.").replace("_", " ")


def _named(level: str, kind: Any) -> str:
    return f"{level} ({_readable(kind)})" if kind else str(level)


def _quoted(text: str) -> str:
    return "\n".join(f"> {line}".rstrip() for line in text.splitlines() or [""])


def _day(moment: str) -> str:
    at = datetime.fromisoformat(moment)
    return f"{at.day} {at:%B %Y}"


def _time(moment: str) -> str:
    return f"{datetime.fromisoformat(moment):%H:%M}"


def _moment(moment: str) -> str:
    return f"{_day(moment)}, {_time(moment)}"
