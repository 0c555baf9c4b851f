"""The service is killed (kill -9) at random moments while people write. Is an answered message ever lost, or one doubled?

    python benchmarks/kill.py --kills 200
    python benchmarks/kill.py --kills 200 --database postgresql://USER@HOST/NAME

People send message after message over HTTP, each with a key of its own, and send again with the same key what was not
answered. The service is one worker as `interlude serve` runs it, except that each is forked from a process that has
loaded the model already, which makes 200 starts possible in minutes. Afterwards the database is compared with what people
were answered. Exits 1 when an answered message was lost, changed or doubled, or when the engine's events do not match.
"""

import argparse
import asyncio
import json
import logging
import os
import random
import select
import signal
import subprocess
import sys
import tempfile
import time
import uuid
from pathlib import Path
from typing import Any, Dict, List

PEOPLE = 12
# Seconds of service before a kill, counted from its first answer.
SHORTEST, LONGEST = 0.0, 0.4
START_SECONDS = 60.0
RETRY_SECONDS = 0.02
WORDS = "thing number {number} happened and i dealt with it on my own"


async def write(address: str) -> None:
    """Be all the people, until standard input ends; then print what was answered, by key."""
    import httpx

    answered: Dict[str, Any] = {}
    again = 0
    stop = asyncio.Event()
    asyncio.get_running_loop().add_reader(sys.stdin, stop.set)

    async def person(client: httpx.AsyncClient) -> None:
        nonlocal again
        token, number = "", 0
        while not stop.is_set() or not token:
            try:
                if not token:
                    token = (await client.post("/api/session")).json()["token"]
                number += 1
                key, text = uuid.uuid4().hex, WORDS.format(number=number)
                while True:
                    try:
                        headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": key}
                        answer = await client.post("/api/messages", json={"text": text}, headers=headers)
                        if answer.status_code == 200 and answer.json()["stored"]:
                            break
                    except httpx.TransportError:
                        pass
                    again += 1
                    await asyncio.sleep(RETRY_SECONDS)
                answered[key] = {"text": text, "replies": [reply["text"] for reply in answer.json()["replies"]]}
                print("answered", flush=True)
            except httpx.TransportError:
                await asyncio.sleep(RETRY_SECONDS)

    async with httpx.AsyncClient(base_url=address, timeout=30) as client:
        await asyncio.gather(*(person(client) for _ in range(PEOPLE)))
    print(json.dumps({"answered": answered, "again": again}), flush=True)


def kill_again_and_again(database: str, kills: int, seed: int) -> Dict[str, Any]:
    """Run people and service, kill the service `kills` times, and compare; gives the counts."""
    # Before all others: it decides what Rasa imports.
    import bot.nlu.rasa_lean  # noqa: F401  # isort: skip
    from bot import engine
    from bot.channels import server
    from bot.core.review import redaction
    from bot.settings import Secret, Settings
    from bot.versions import newest_model

    settings = Settings({}).replace(database=database, secret_key=Secret("k" * 32), rate_per_minute=1_000_000)
    model = asyncio.run(engine.load_model(newest_model(settings.project / "models")))

    async def loaded(_: Path) -> Any:
        return model

    engine.load_model = loaded
    # For the practitioner's room, which nobody enters here; it takes seconds at each start.
    redaction.prepare = lambda: None
    listening = _bound()
    address = f"http://127.0.0.1:{listening.getsockname()[1]}"
    people = subprocess.Popen(
        [sys.executable, __file__, "--people", address], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert people.stdin is not None and people.stdout is not None
    chance, began = random.Random(seed), time.perf_counter()
    for number in range(kills + 1):
        service = os.fork()
        if not service:
            people.stdin.close()
            asyncio.run(server.run(settings, [listening]))
            os._exit(0)
        # The first answer of this one, then some more.
        _read_lines(people.stdout.fileno(), wait=True)
        time.sleep(chance.uniform(SHORTEST, LONGEST))
        if number < kills:
            os.kill(service, signal.SIGKILL)
            os.waitpid(service, 0)
            _read_lines(people.stdout.fileno(), wait=False)
    said, _ = people.communicate()
    os.kill(service, signal.SIGTERM)
    os.waitpid(service, 0)
    listening.close()
    told = json.loads(said.splitlines()[-1])
    found = {"kills": kills, "seconds": round(time.perf_counter() - began, 1), "sent_again": told["again"]}
    return {**found, **compare(settings, told["answered"])}


def compare(settings: Any, answered: Dict[str, Any]) -> Dict[str, int]:
    """What the database holds against what people were answered."""
    from sqlalchemy import func
    from sqlalchemy import select as wanted

    from bot.personal_data import open_database
    from bot.storage.repository import Repository
    from bot.storage.tables import people, tracker_events

    database = open_database(settings)
    stored: Dict[str, List[Any]] = {}
    tangled = 0
    with database.reading() as session:
        for person in session.scalars(wanted(people.c.id)).all():
            turns = list(Repository(session).history(person))
            for turn in turns:
                stored.setdefault(str(turn.client_key), []).append(turn)
            heard = wanted(func.count()).where(
                tracker_events.c.sender_id == person, tracker_events.c.type_name == "user"
            )
            tangled += session.scalar(heard) != len(turns) or [turn.number for turn in turns] != [
                *range(1, len(turns) + 1)
            ]
    database.close()
    same = {
        key
        for key, turns in stored.items()
        if key in answered
        and turns[0].heard.text == answered[key]["text"]
        and [reply.text for reply in turns[0].replies] == answered[key]["replies"]
    }
    return {
        "answered": len(answered),
        "lost": len(answered.keys() - stored.keys()),
        "changed": len((answered.keys() & stored.keys()) - same),
        "doubled": sum(len(turns) > 1 for turns in stored.values()),
        "stored_unanswered": len(stored.keys() - answered.keys()),
        "tangled_conversations": tangled,
    }


def _bound() -> Any:
    from uvicorn import Config

    listening = Config("", host="127.0.0.1", port=0, log_level="warning").bind_socket()
    # Who comes while no service is there waits for the next one.
    listening.listen(100)
    return listening


def _read_lines(pipe: int, wait: bool) -> None:
    """Read all that is in a pipe now; `wait` for something to come first."""
    if wait and not select.select([pipe], [], [], START_SECONDS)[0]:
        raise SystemExit(f"The service did not start within {START_SECONDS:.0f} seconds.")
    while select.select([pipe], [], [], 0)[0]:
        os.read(pipe, 65_536)


def main() -> None:
    """Read the arguments, run, print the counts."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--database", help="an empty one; by default a SQLite file that is thrown away")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--people", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.people:
        asyncio.run(write(asked.people))
        return
    logging.disable(logging.WARNING)
    with tempfile.TemporaryDirectory() as folder:
        found = kill_again_and_again(asked.database or f"sqlite:///{folder}/kill.db", asked.kills, asked.seed)
    print(json.dumps(found, indent=2))
    sys.exit(any(found[name] for name in ("lost", "changed", "doubled", "tangled_conversations")))


if __name__ == "__main__":
    main()
