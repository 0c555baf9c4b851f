"""The plan of the measurement, the same for both sides: what is said, at which messages it is timed."""

import sqlite3
import statistics
import time
from contextlib import closing
from pathlib import Path
from typing import Any, Awaitable, Callable, Dict, List, Optional

# Thirty words each, of ordinary talk; a number makes each text new to the encoder.
TEXTS = (
    "i said yes to the third extra shift this week because nobody else put a hand up and now i am sitting in the car park "
    "eating cold soup and counting {n}",
    "my neighbour keeps offering to take the kids on saturdays and every time i hear myself say that we are fine before i "
    "have even thought about it {n} times",
    "there was a time when i would have called my brother about something like this but we have not spoken properly since "
    "the summer and that is {n} months ago now",
)
# Messages timed around the tenth of each short conversation, and around the later ones of the long one.
AROUND_TEN, AROUND_LATER = 5, 21
SHORT_TALKS, SHORT_TALKS_QUICK = 12, 6
PLACES = (25, 50, 100, 200, 350, 500, 750, 1000)
LENGTHS, TIMES_EACH, TURNS_A_TALK, SENTENCE = (3, 10, 30, 100, 400), 60, 12, 15

Say = Callable[[str, str], Awaitable[Any]]


def text_of(number: int) -> str:
    """The text of one message, about thirty words."""
    return TEXTS[number % len(TEXTS)].format(n=number)


def text_of_length(words: int, number: int) -> str:
    """A text of so many words, a full stop after each fifteen; another one for each number."""
    needed = [word for part in range(1 + words // 25) for word in text_of(number + part).split()]
    chosen = [str(number), *needed][:words]
    return " ".join(f"{word}." if (place + 1) % SENTENCE == 0 else word for place, word in enumerate(chosen))


async def by_position(say: Say, quick: bool, seconds: float) -> Dict[str, Any]:
    """Milliseconds a turn at message 10 of several conversations, and along one long one: 1,000 messages, or 100 if `quick`.

    `say` takes who speaks and the text. The long conversation ends after `seconds`; what it did not reach is None.
    """
    for number in range(AROUND_TEN):
        await say("to warm up", text_of(number))
    spent: List[float] = []
    for talk in range(SHORT_TALKS_QUICK if quick else SHORT_TALKS):
        turns = [await _timed(say, f"short {talk}", text_of(20 * talk + number)) for number in range(12)]
        spent += turns[-AROUND_TEN:]
    long: List[float] = []
    ends = time.perf_counter() + seconds
    last = 100 if quick else PLACES[-1]
    while len(long) < last + AROUND_LATER // 2 and time.perf_counter() < ends:
        long.append(await _timed(say, "long", text_of(len(long))))
    along = {place: _around(long, place) for place in PLACES}
    return {
        "p50_at_10": statistics.median(spent),
        "p95_at_10": statistics.quantiles(spent, n=20)[-1],
        "p50_at_100": along[100],
        "p50_at_1000": along[1000],
        "curve": [[place, milliseconds] for place, milliseconds in along.items() if milliseconds is not None],
    }


async def by_length(say: Say) -> Dict[str, Dict[str, float]]:
    """Milliseconds a turn (`p50`, `p95`, `p99`) by the number of words in a message, over short conversations."""
    found = {}
    for words in LENGTHS:
        spent = []
        for number in range(TIMES_EACH):
            who = f"{words} words {number // TURNS_A_TALK}"
            spent.append(await _timed(say, who, text_of_length(words, number)))
        parts = statistics.quantiles(spent, n=100)
        found[str(words)] = {"p50": statistics.median(spent), "p95": parts[94], "p99": parts[98]}
    return found


def resident_megabytes(*processes: int) -> float:
    """Resident memory of processes together."""
    pages = (int(Path(f"/proc/{number}/statm").read_text(encoding="ascii").split()[1]) for number in processes)
    return sum(pages) * 4096 / 2**20


def database_bytes(file: Path) -> int:
    """The size of a SQLite database with what its journal holds for it."""
    with closing(sqlite3.connect(file)) as database:
        pages, size = (database.execute(f"PRAGMA {name}").fetchone()[0] for name in ("page_count", "page_size"))
    return int(pages * size)


def megabytes_on_disk(folder: Path) -> float:
    """The size of all files below a folder, each counted once."""
    files = {(found.st_dev, found.st_ino): found.st_size for found in (path.lstat() for path in folder.rglob("*"))}
    return sum(files.values()) / 2**20


async def _timed(say: Say, who: str, text: str) -> float:
    began = time.perf_counter()
    await say(who, text)
    return (time.perf_counter() - began) * 1000


def _around(turns: List[float], message: int) -> Optional[float]:
    half = AROUND_LATER // 2
    part = turns[message - half - 1 : message + half]
    return statistics.median(part) if len(part) == AROUND_LATER else None
