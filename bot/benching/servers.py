"""A PostgreSQL and a Redis of one's own, from the system's packages, in a folder that is thrown away."""

import glob
import os
import shutil
import subprocess
import tempfile
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, Dict, Iterator, List, Optional

from bot.benching.service import free_port

USER = "postgres"


@contextmanager
def shared_by_workers() -> Iterator[Optional[Dict[str, str]]]:
    """The settings for workers that share a PostgreSQL and a Redis; None where their programs are not installed."""
    if not (_postgres_programs() and shutil.which("redis-server")):
        yield None
        return
    with ExitStack() as stack:
        postgres, redis = Postgres(), Redis()
        stack.callback(postgres.close)
        stack.callback(redis.close)
        yield {"INTERLUDE_DATABASE": postgres.url(USER), "INTERLUDE_REDIS": redis.url}


def _postgres_programs() -> Optional[Path]:
    found = sorted(glob.glob("/usr/lib/postgresql/*/bin"))
    initdb = shutil.which("initdb")
    return Path(found[-1]) if found else Path(initdb).parent if initdb else None


class Postgres:
    """One server without any database of ours yet. As root it runs as the user `postgres`, as anybody else as they are."""

    def __init__(self) -> None:
        programs = _postgres_programs()
        assert programs is not None, "PostgreSQL is not installed."
        self._programs = programs
        self._folder = Path(tempfile.mkdtemp())
        self._port = free_port()
        if os.geteuid() == 0:
            shutil.chown(self._folder, USER)
        self._run("initdb", "--auth=trust", f"--username={USER}", "--encoding=UTF8", "--locale=C")
        self.start()

    def url(self, database: str) -> str:
        """The address of one of its databases; `postgres` is there from the start."""
        return f"postgresql://{USER}@127.0.0.1:{self._port}/{database}"

    def start(self) -> None:
        """Start the server; returns when it takes connections."""
        options = f"-p {self._port} -k {self._folder} -c listen_addresses=127.0.0.1 -c max_connections=200"
        self._run("pg_ctl", "--wait", "-o", options, "-l", str(self._folder / "log"), "start")

    def stop(self) -> None:
        """At once, with every connection, as a crash would."""
        self._run("pg_ctl", "--wait", "-m", "immediate", "stop")

    def close(self) -> None:
        """Stop it and leave nothing."""
        self.stop()
        shutil.rmtree(self._folder, ignore_errors=True)

    def _run(self, program: str, *arguments: str) -> None:
        command = [str(self._programs / program), "-D", str(self._folder / "data"), *arguments]
        as_user: List[str] = ["runuser", "-u", USER, "--"] if os.geteuid() == 0 else []
        # Not a pipe: the server would keep it open.
        with open(os.devnull, "w") as nowhere:
            subprocess.run([*as_user, *command], check=True, cwd="/", stdout=nowhere, stderr=nowhere)


class Redis:
    """One server that keeps nothing on disk."""

    def __init__(self) -> None:
        self._folder = tempfile.mkdtemp()
        self._port = free_port()
        self._process: Optional[subprocess.Popen[Any]] = None
        self.start()

    @property
    def url(self) -> str:
        """The address of its first database."""
        return f"redis://127.0.0.1:{self._port}/0"

    def start(self) -> None:
        """Start the server; returns when it takes connections."""
        command = ["redis-server", "--port", str(self._port), "--dir", self._folder, "--save", "", "--daemonize", "no"]
        self._process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert self._process.stdout is not None
        for line in self._process.stdout:
            if "eady to accept connections" in line:
                return
        raise RuntimeError("redis-server did not start")

    def stop(self) -> None:
        """At once."""
        assert self._process is not None
        self._process.kill()
        self._process.communicate()

    def close(self) -> None:
        """Stop it and leave nothing."""
        self.stop()
        shutil.rmtree(self._folder, ignore_errors=True)
