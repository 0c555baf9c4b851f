"""Many sessions at once against a running server: is any message lost or doubled, and how long does an answer take?

    python benchmarks/web_sessions.py http://127.0.0.1:8000 --sessions 200 --messages 5

Every message is sent twice with the same key, as after a lost connection. The server's rates must allow so many
messages from one address (INTERLUDE_RATE_PER_MINUTE). Exits 1 when a message was lost or doubled.
"""

import argparse
import asyncio
import json
import statistics
import sys
import time
import uuid
from typing import Any

import httpx

WORDS = "message {number}: i do everything on my own and it is a lot"
TRIES = 5


async def ask(http: httpx.AsyncClient, method: str, path: str, **request: Any) -> Any:
    """One request; sent again when its connection is lost, as every client of the interface may."""
    for _ in range(TRIES - 1):
        try:
            return (await http.request(method, path, **request)).raise_for_status().json()
        except httpx.TransportError:
            continue
    return (await http.request(method, path, **request)).raise_for_status().json()


async def person(http: httpx.AsyncClient, messages: int, seconds: list[float]) -> list[str]:
    """One session; the texts that its history holds in the end."""
    token = (await ask(http, "POST", "/api/session"))["token"]
    session = {"Authorization": f"Bearer {token}"}
    for number in range(messages):
        headers = {**session, "Idempotency-Key": uuid.uuid4().hex}
        body = {"text": WORDS.format(number=number)}
        for _ in range(2):
            began = time.perf_counter()
            await ask(http, "POST", "/api/messages", json=body, headers=headers)
            seconds.append(time.perf_counter() - began)
    history = await ask(http, "GET", "/api/history", headers=session)
    return [turn["text"] for turn in history["turns"]]


async def measure(address: str, sessions: int, messages: int) -> dict[str, float]:
    """Figures over all sessions; times in milliseconds."""
    seconds: list[float] = []
    limits = httpx.Limits(max_connections=sessions)
    async with httpx.AsyncClient(base_url=address, timeout=120, limits=limits) as http:
        began = time.perf_counter()
        kept = await asyncio.gather(*(person(http, messages, seconds) for _ in range(sessions)))
        took = time.perf_counter() - began
    expected = [WORDS.format(number=number) for number in range(messages)]
    milliseconds = sorted(1000 * second for second in seconds)
    return {
        "sessions": sessions,
        "messages": sessions * messages,
        "lost": sum(text not in texts for texts in kept for text in expected),
        "doubled": sum(max(0, texts.count(text) - 1) for texts in kept for text in expected),
        "out_of_order": sum(texts != expected for texts in kept),
        "requests_per_second": round(len(seconds) / took, 1),
        "p50_ms": round(statistics.median(milliseconds), 1),
        "p95_ms": round(milliseconds[int(len(milliseconds) * 0.95)], 1),
    }


def main() -> None:
    """Measure and print; exit 1 when something was lost or doubled."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("address")
    parser.add_argument("--sessions", type=int, default=200)
    parser.add_argument("--messages", type=int, default=5)
    given = parser.parse_args()
    found = asyncio.run(measure(given.address, given.sessions, given.messages))
    print(json.dumps(found, indent=2))
    sys.exit(1 if found["lost"] or found["doubled"] or found["out_of_order"] else 0)


if __name__ == "__main__":
    main()
