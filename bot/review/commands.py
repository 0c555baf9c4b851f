"""`interlude review ...` and `interlude library import`."""

import json
import sys
from datetime import datetime, timezone
from pathlib import Path
from typing import Any, Optional, Tuple

import click

from bot import exported
from bot import settings as configuration
from bot.core import library as shelves
from bot.core.profile import load_profile
from bot.errors import InputError
from bot.personal_data import open_database
from bot.review import accounts, articles, publishing, queue, training
from bot.review.config import ReviewSettings
from bot.review.numbers import counted
from bot.review.policy import Reviewer, Role
from bot.review.refresh import rebuild, refresh
from bot.review.transcript import Reading
from bot.settings import Secret
from bot.storage.database import Database

json_option = click.option(
    "--json", "json_file", metavar="FILE", help="Write the machine-readable result; - for standard output."
)


@click.group()
def review() -> None:
    """Reviewers, the queue, approved corrections."""


@review.command(name="add-user")
@click.argument("name")
@click.option("--role", type=click.Choice([role.value for role in Role]), required=True, help="What they may do.")
@click.option("--no-second-factor", is_flag=True, help="Password only; not for admins.")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input instead of asking.")
def add_user(name: str, role: str, no_second_factor: bool, password_stdin: bool) -> None:
    """Make an account for NAME and print the address for an authenticator app."""
    if password_stdin:
        password = sys.stdin.readline().rstrip("\n")
    else:
        password = click.prompt("Password", hide_input=True, confirmation_prompt=True)
    database, settings = _open()
    needed = settings.second_factor_for_all
    address = accounts.add_reviewer(database, name, Role(role), password, _now(), not no_second_factor, needed)
    click.echo(f"{name} is {'an' if role == Role.admin.value else 'a'} {role} now.")
    if address:
        click.echo(f"Add this to an authenticator app; it is shown only once:\n{address}")


@review.command(name="end-user")
@click.argument("name")
def end_user(name: str) -> None:
    """Close the account of NAME; what they decided stays."""
    database, _ = _open()
    accounts.end_account(database, _account(database, name).id, _now())
    click.echo(f"The account of {name} has ended.")


@review.command(name="list")
@click.option("--accounts", "show_accounts", is_flag=True, help="Accounts instead of the queue.")
@click.option("--limit", type=click.IntRange(1, 1000), default=25, show_default=True, help="How many rows.")
@json_option
def list_(show_accounts: bool, limit: int, json_file: Optional[str]) -> None:
    """What waits in the queue, most pressing first: level, kind and time, no text."""
    database, settings = _open()
    if show_accounts:
        rows = [
            {"name": one.name, "role": one.role, "second_factor": one.second_factor, "ended": one.ended_at is not None}
            for one in accounts.accounts(database)
        ]
    else:
        refresh(database, _now(), settings.staff_read_at_risk)
        with database.reading() as session:
            rows = [
                {
                    "conversation": item.conversation_id,
                    "level": item.level.name,
                    "machine_level": item.machine_level.name,
                    "kind": item.kind,
                    "last_at": item.last_at.isoformat(),
                    "state": item.state,
                    "reviewer": item.reviewer,
                }
                for item in queue.page(session, queue.Filters(), size=limit).items
            ]
    if json_file:
        _write(json_file, json.dumps(rows) + "\n")
    if json_file != "-":
        for row in rows:
            click.echo("  ".join(_shown(name, value) for name, value in row.items() if value is not None))
        click.echo(counted(len(rows), "row") + ".")


@review.command(name="rebuild")
def rebuild_queue() -> None:
    """Make the queue anew, after a backup was restored or the profile changed."""
    database, settings = _open()
    done = rebuild(database, _now(), settings.staff_read_at_risk)
    click.echo(f"{counted(done, 'conversation')} looked at.")


@review.command(name="export")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--by", required=True, metavar="NAME", help="The lead or admin who exports; people see it in their log.")
def export(file: Path, by: str) -> None:
    """Write approved corrections as Rasa YAML into FILE, redacted and with provenance."""
    database, settings = _open()
    account = _account(database, by)
    if account.role == Role.practitioner.value:
        raise InputError(f"{by} is a practitioner. Only a lead or an admin may export.")
    who = Reviewer(account.id, account.name, Role(account.role))
    written, held = training.export(database, settings, Reading(who, _now(), settings.staff_read_at_risk), file)
    click.echo(f"{counted(written, 'correction')} written to {file}; {len(held)} kept for evaluation.")


@review.command(name="publish")
def publish() -> None:
    """Write entries approved at the library desk into data/library/."""
    database, settings = _open()
    changed = publishing.publish(database, settings.data)
    for name in changed:
        click.echo(name)
    published = f"{len(changed)} {'entry' if len(changed) == 1 else 'entries'} published."
    click.echo(published if changed else "Nothing new was approved.")


@click.command(name="import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--title", help="What it is called where it is named as a source; else its first heading or first words.")
@click.option(
    "--name", help="What the ids of its drafts hold; else the file's name. It must not be taken by another one."
)
def library_import(file: Path, title: Optional[str], name: Optional[str]) -> None:
    """Turn an article of your own (txt, md, html) into drafts, to be rewritten and approved at the library desk."""
    database, settings = _open()
    made = articles.import_article(database, shelves.load(settings.data), file, _now(), title, name)
    for entry_id in made:
        click.echo(entry_id)
    waits = "wait" if len(made) > 1 else "waits"
    click.echo(f"{counted(len(made), 'draft')} {waits} at the library desk.")


def _open() -> Tuple[Database, ReviewSettings]:
    """The database and what the room's functions need; nothing is signed here."""
    settings = configuration.read()
    data = settings.project / "data"
    profile = load_profile(data, settings.profile)
    return open_database(settings), ReviewSettings(
        data=data,
        work=exported.folder(settings.project),
        secret=Secret(""),
        second_factor_for_all=settings.second_factor_for_all,
        staff_read_at_risk=profile.staff_read_at_risk,
        practitioner_mode=profile.practitioner_mode,
    )


def _account(database: Database, name: str) -> accounts.Account:
    for account in accounts.accounts(database):
        if account.name == name:
            if account.ended_at is None:
                return account
            raise InputError(f"The account of {name} ended on {account.ended_at:%Y-%m-%d} already.")
    raise InputError(f"There is no account {name!r}. `interlude review list --accounts` shows all.")


def _shown(name: str, value: Any) -> str:
    """A cell to read; what is yes or no says of what."""
    if isinstance(value, bool):
        return f"{name.replace('_', ' ')}: {'yes' if value else 'no'}"
    return f"machine: {value}" if name == "machine_level" else str(value)


def _write(target: str, content: str) -> None:
    if target == "-":
        click.echo(content, nl=False)
    else:
        Path(target).write_text(content, encoding="utf-8")


def _now() -> datetime:
    return datetime.now(timezone.utc)
