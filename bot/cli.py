"""The command `interlude`. Each command is short: read the arguments, call one function, print."""

import asyncio
import json
import sys
import warnings
from datetime import date
from pathlib import Path
from typing import Any, Callable, Dict, List, Mapping, Optional, Tuple

import click

from bot import settings as configuration
from bot.errors import InputError, InterludeError


class _Group(click.Group):
    """Has commands of the practitioner's room, imported only when they are asked for: the others need not wait.

    `room` gives the name of each in bot.review.commands.
    """

    def __init__(self, *arguments: Any, room: Mapping[str, str], **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._room = room

    def list_commands(self, ctx: click.Context) -> List[str]:
        return sorted([*super().list_commands(ctx), *self._room])

    def get_command(self, ctx: click.Context, cmd_name: str) -> Optional[click.Command]:
        if cmd_name not in self._room:
            return super().get_command(ctx, cmd_name)
        from bot.review import commands

        return getattr(commands, self._room[cmd_name])


class _Commands(_Group):
    """Prints our own errors as one message and exits with 1; bad usage exits with 2."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except InterludeError as error:
            click.echo(f"Error: {error}", err=True)
            ctx.exit(1)


# Rasa's libraries warn of their own deprecations at every start; an operator can do nothing about them.
warnings.showwarning = lambda *_, **__: None


@click.group(cls=_Commands, room={"review": "review"})
@click.version_option(package_name="interlude")
def main() -> None:
    """A self-hosted companion for guided reflection."""


json_option = click.option(
    "--json", "json_file", metavar="FILE", help="Write the machine-readable result; - for standard output."
)


@main.command()
@click.option("--if-needed", is_flag=True, help="Only when the inputs of the model changed.")
def train(if_needed: bool) -> None:
    """Train the model from data/; the same inputs give the same model."""
    from bot import training

    project = configuration.read().project
    if if_needed and training.up_to_date(project):
        click.echo("The model is up to date.")
        return
    click.echo("Training the model (a few minutes) ...")
    result = training.train(project)
    click.echo(f"Trained models/{result['model']} in {result['seconds']} s.")


@main.command()
@click.option("--host", help="Address to listen on.")
@click.option("--port", type=int, help="Port to listen on.")
@click.option("--workers", type=click.IntRange(1), default=1, show_default=True, help="Processes.")
def serve(host: Optional[str], port: Optional[int], workers: int) -> None:
    """Serve the web chat, the REST channel and the practitioner's room."""
    from bot.channels import server

    settings = configuration.read()
    server.serve(settings, host or settings.host, port if port is not None else settings.port, workers)


@main.command()
def chat() -> None:
    """The same conversation in a terminal."""
    from bot.channels import terminal

    asyncio.run(terminal.chat(configuration.read()))


@main.command()
def telegram() -> None:
    """The Telegram bot by long polling (webhook mode is part of serve)."""
    from bot.channels.telegram.run import run_polling

    asyncio.run(run_polling(configuration.read()))


@main.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@json_option
def replay(file: Path, json_file: Optional[str]) -> None:
    """Run conversations (JSON lines with "id" and "turns") through the real engine on a throw-away database."""
    from bot import replaying

    rows = read_rows(file, ("id", "turns"))
    results = asyncio.run(replaying.replay(configuration.read(), rows, _progress(len(rows))))
    if json_file:
        _write(json_file, "".join(json.dumps(item, ensure_ascii=False) + "\n" for item in results))
    else:
        for item in results:
            click.echo(replaying.as_transcript(item))
    if any("error" in turn for item in results for turn in item["turns"]):
        sys.exit(1)


@main.group()
def evaluate() -> None:
    """Measure on a file of labelled lines."""


def _evaluation(name: str, required: tuple, help_text: str) -> None:
    @evaluate.command(name=name, help=help_text)
    @click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
    @click.option("--plots", type=click.Path(file_okay=False, path_type=Path), help="Folder for pictures.")
    @click.option(
        "--against",
        type=click.Path(exists=True, dir_okay=False, path_type=Path),
        help="An earlier result (--json) on the same file: tells what changed, by paired bootstrap.",
    )
    @json_option
    def command(file: Path, plots: Optional[Path], against: Optional[Path], json_file: Optional[str]) -> None:
        from bot import evaluating

        result = asyncio.run(evaluating.run(name, configuration.read(), read_rows(file, required), plots))
        if json_file:
            _write(json_file, json.dumps(result, ensure_ascii=False) + "\n")
        if json_file != "-":
            click.echo(evaluating.as_table(result))
        if against:
            earlier = json.loads(against.read_text(encoding="utf-8"))
            click.echo(evaluating.differences(name, earlier, result), err=json_file == "-")


_evaluation(
    "themes", ("id", "text", "themes"), "Themes: per-theme precision, recall, F1; top-1 hit, silence, calibration."
)
_evaluation("moves", ("id", "text", "kind"), "Dialogue moves and out-of-scope: accuracy per kind.")
_evaluation(
    "retrieval", ("id", "text", "section"), "The section behind the reflection offered: recall@1, recall@3, MRR."
)
_evaluation("risk", ("id", "risk"), "The risk screen: recall and false alarms at each level, misses and alarms by id.")


@main.group(cls=_Group, room={"import": "library_import"})
def library() -> None:
    """The library of texts."""


@library.command(name="check")
def library_check() -> None:
    """Check every entry: schema, wording, coverage, closeness to the articles."""
    from bot import library_desk

    problems = library_desk.check(configuration.read().project)
    for problem in problems:
        click.echo(problem)
    click.echo(f"{len(problems)} problems." if problems else "The library is in order.")
    sys.exit(1 if problems else 0)


@library.command(name="show")
@click.argument("entry_id", metavar="ID")
def library_show(entry_id: str) -> None:
    """Show one entry."""
    from bot import library_desk

    click.echo(library_desk.show(configuration.read().project, entry_id))


@library.command(name="coverage")
@json_option
def library_coverage(json_file: Optional[str]) -> None:
    """Which article sections and themes have reflections and techniques."""
    from bot import library_desk

    result = library_desk.coverage(configuration.read().project)
    if json_file:
        _write(json_file, json.dumps(result) + "\n")
    if json_file != "-":
        click.echo(library_desk.coverage_table(result))
    sys.exit(1 if result["missing"] else 0)


@main.group()
def helplines() -> None:
    """The helpline records."""


@helplines.command(name="list")
def helplines_list() -> None:
    """Every record with its status and age."""
    from bot import library_desk

    click.echo(library_desk.helplines_table(configuration.read().project))


@helplines.command(name="confirm")
@click.argument("record_id", metavar="ID")
@click.option("--by", required=True, help="Who called or looked it up.")
def helplines_confirm(record_id: str, by: str) -> None:
    """Record that a number was checked with its provider today."""
    from bot import library_desk

    library_desk.confirm_helpline(configuration.read().project, record_id, by)
    click.echo(f"{record_id} is confirmed.")


@helplines.command(name="stale")
def helplines_stale() -> None:
    """Records that were not confirmed in the last 180 days."""
    from bot import library_desk

    stale = library_desk.stale_helplines(configuration.read().project)
    for line in stale:
        click.echo(f"{line.id}: {line.reach} ({line.status}, as of {line.confirmed_on or line.source_date})")
    sys.exit(1 if stale else 0)


@main.group()
def data() -> None:
    """A person's data."""


@data.command(name="export")
@click.argument("person")
@click.option("--markdown", is_flag=True, help="Readable Markdown instead of JSON.")
def data_export(person: str, markdown: bool) -> None:
    """Everything stored about PERSON (an id)."""
    from bot import personal_data
    from bot.channels.readable_copy import as_markdown

    content = personal_data.export(configuration.read(), person)
    click.echo(as_markdown(content) if markdown else json.dumps(content, ensure_ascii=False, indent=2))


@data.command(name="erase")
@click.argument("person")
@click.option("--yes", is_flag=True, help="Do not ask again.")
def data_erase(person: str, yes: bool) -> None:
    """Erase everything stored about PERSON and print the receipt."""
    from bot import personal_data

    if not yes:
        click.confirm(f"Erase everything of {person}? This cannot be undone", abort=True)
    click.echo(json.dumps(personal_data.erase_person(configuration.read(), person), indent=2))


@data.command(name="purge")
def data_purge() -> None:
    """Erase conversations older than the retention setting."""
    from bot import personal_data

    click.echo(json.dumps(personal_data.purge(configuration.read()), indent=2))


@data.command(name="backup")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def data_backup(file: Path) -> None:
    """Write everything to FILE (a SQLite file), also while the service runs."""
    from bot import personal_data

    click.echo(json.dumps(personal_data.back_up(configuration.read(), file), indent=2))


@data.command(name="restore")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--erasures",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    multiple=True,
    help="A later backup that tells of erasures.",
)
@click.option("--lost", is_flag=True, help="The database is lost and there is no later backup.")
@click.option("--yes", is_flag=True, help="Do not ask again.")
def data_restore(file: Path, erasures: Tuple[Path, ...], lost: bool, yes: bool) -> None:
    """Put the backup FILE in the place of everything in the database; what was erased since stays erased."""
    from bot import personal_data

    if not yes:
        click.confirm("Replace everything in the database by this backup? This cannot be undone", abort=True)
    click.echo(json.dumps(personal_data.restore(configuration.read(), file, erasures, lost), indent=2))


@data.command(name="encrypt")
def data_encrypt() -> None:
    """Bring every row under the newest key of INTERLUDE_DATABASE_KEYS, also while the service runs."""
    from bot import personal_data

    click.echo(json.dumps(personal_data.encrypt_anew(configuration.read()), indent=2))


@main.command()
@click.option("--quick", is_flag=True, help="Only turns at message 10 and 100, in under a minute.")
@json_option
def bench(quick: bool, json_file: Optional[str]) -> None:
    """Measure speed, memory and growth on this machine, beside a stock Rasa assistant (about 40 minutes)."""
    from bot.benching import comparison

    result = comparison.bench(configuration.read(), quick, _tell)
    if json_file:
        _write(json_file, json.dumps(result) + "\n")
    if json_file != "-":
        click.echo(comparison.as_table(result))


@main.group()
def report() -> None:
    """Reports for the public."""


@report.command(name="transparency")
@click.option(
    "--year", type=int, default=lambda: date.today().year, show_default="this year", help="Calendar year (UTC)."
)
def report_transparency(year: int) -> None:
    """Counts of disclosures, referrals and raised levels, without identifiers."""
    from bot import reporting

    click.echo(json.dumps(reporting.transparency(configuration.read(), year), indent=2))


@main.command()
def doctor() -> None:
    """Check the installation and say what is wrong and how to mend it."""
    from bot import doctor as checks

    findings = checks.examine(configuration.read())
    for finding in findings:
        click.echo(
            f"{'ok  ' if finding.ok else 'FAIL'} {finding.what}: {finding.found}{'' if finding.ok else f' Next: {finding.mend}'}"
        )
    sys.exit(0 if all(finding.ok for finding in findings) else 1)


def read_rows(file: Path, required: tuple) -> List[Dict[str, Any]]:
    """The JSON lines of a file. Raises InputError, naming the line, when one is broken or lacks a field."""
    rows: List[Dict[str, Any]] = []
    for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except json.JSONDecodeError as error:
            raise InputError(
                f"{file.name}, line {number}: not valid JSON ({error.msg}). Each line is one JSON object."
            ) from error
        missing = [name for name in required if name not in row]
        if missing:
            raise InputError(
                f"{file.name}, line {number}: {', '.join(missing)} missing. Needed: {', '.join(required)}."
            )
        rows.append(row)
    return rows


def _write(target: str, content: str) -> None:
    if target == "-":
        click.echo(content, nl=False)
    else:
        Path(target).write_text(content, encoding="utf-8")


def _tell(what: str) -> None:
    """Shows what is under way on a terminal, nothing in a pipe."""
    if sys.stderr.isatty():
        click.echo(f"{what} ...", err=True)


def _progress(total: int) -> Callable[[int], None]:
    """Shows progress on a terminal, nothing in a pipe."""
    if not sys.stderr.isatty():
        return lambda done: None
    return lambda done: click.echo(f"\r{done} of {total}", nl=done == total, err=True)
