"""The conversation in a terminal."""

import asyncio
import getpass
import shutil
import textwrap
from pathlib import Path

import click

from bot.channels import copies
from bot.core.conversation import PERSONAL, Reply
from bot.engine import Engine
from bot.settings import Settings


async def chat(settings: Settings) -> None:
    """Talk until the end of input (Ctrl-D) or a goodbye; the same account finds its history again."""
    engine = await Engine.start(settings)
    click.echo("Ctrl-D leaves.\n")
    try:
        while True:
            try:
                text = await asyncio.to_thread(click.prompt, ">", prompt_suffix=" ", default="", show_default=False)
            except (click.Abort, EOFError):
                return
            person = await engine.person("terminal", getpass.getuser())
            result = await engine.handle(person, "terminal", text, capabilities=PERSONAL)
            for reply in result.replies:
                click.echo(_shown(reply))
                await _carry_out(engine, person, reply)
    finally:
        engine.close()


async def _carry_out(engine: Engine, person: str, reply: Reply) -> None:
    """What goes with a reply here: the copy as files in this folder."""
    if reply.data.get("request") == "export":
        for name, content in copies.files(await engine.export(person)).items():
            path = Path.cwd() / name
            path.write_bytes(content)
            path.chmod(0o600)
            click.echo(f"  {path}")


def _shown(reply: Reply) -> str:
    width = min(shutil.get_terminal_size().columns, 88) - 4
    paragraphs = [
        textwrap.fill(line, width, initial_indent="  ", subsequent_indent="  ") for line in reply.text.splitlines()
    ]
    buttons = "  " + "  ".join(f"[{title}]" for title in reply.buttons) if reply.buttons else ""
    return "\n".join([*paragraphs, *([buttons] if buttons else [])]) + "\n"
