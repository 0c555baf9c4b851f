"""Many sessions at once over HTTP, with a client so plain that it takes little of the machine it measures."""

import asyncio
import json
import time

from bot.benching.timing import text_of

PATH = "/webhooks/rest/webhook"


async def turns_a_second(port: int, token: str, sessions: int, turns_each: int, name: str) -> float:
    """Each session says its turns one after the other, all sessions at once; `name` makes their senders new ones.

    Raises RuntimeError when a turn is not answered with 200.
    """

    async def talk(session: int) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        for turn in range(turns_each):
            await _say(reader, writer, token, f"{name} {session}", text_of(session + turn))
        writer.close()

    began = time.perf_counter()
    await asyncio.gather(*map(talk, range(sessions)))
    return sessions * turns_each / (time.perf_counter() - began)


async def _say(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, token: str, sender: str, text: str) -> None:
    body = json.dumps({"sender": sender, "message": text}).encode()
    head = (
        f"POST {PATH} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
        f"Authorization: Bearer {token}\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    writer.write(head.encode() + body)
    answer = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
    if " 200 " not in answer.splitlines()[0]:
        raise RuntimeError(f"A turn was answered with {answer.splitlines()[0]!r} and not with 200.")
    length = next(line.split(":")[1] for line in answer.splitlines() if line.startswith("content-length:"))
    await reader.readexactly(int(length))
