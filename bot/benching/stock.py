"""The stock side: Rasa's default pipeline and policies, its SQL tracker store, an action server over HTTP."""

import hashlib
import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any, Callable, Dict, List

from bot.errors import SetupError

EXAMPLES_EACH = 40
NOTES = [
    "stock: Rasa's default pipeline and policies (benchmarks/stock/config.yml), SQLTrackerStore on SQLite, rasa_sdk's action server "
    "over HTTP with the same actions, called in its own process without a web server.",
    f"stock is trained on {EXAMPLES_EACH} messages an intent in a few epochs, because DIET needs hours for all: its training time and its answers "
    "do not compare; its milliseconds, memory and growth do.",
]
MISSING = "stock: not measured. Its environment could not be made; by hand: UV_PROJECT_ENVIRONMENT=.venv-stock uv sync --frozen --group stock"
_PYTHON, _DRIVER = Path(".venv-stock/bin/python"), Path("benchmarks/stock/driver.py")


def prepare(project: Path, tell: Callable[[str], None]) -> bool:
    """Make the stock environment and train the stock model where they are not there yet, once; False where that fails."""
    if not (project / _DRIVER).is_file():
        return False
    if not (project / _PYTHON).is_file() and not _install(project, tell):
        return False
    if not (_kept(project) / "prepared.json").is_file():
        tell("stock: training its model, once (some minutes)")
        command = _command(project, "prepare", str(_kept(project)), str(EXAMPLES_EACH))
        subprocess.run(command, cwd=project, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return True


def _install(project: Path, tell: Callable[[str], None]) -> bool:
    uv = shutil.which("uv") or shutil.which("uv", path=str(project / ".uv" / "bin"))
    if uv is None:
        return False
    tell("stock: installing its environment into .venv-stock, once (2.9 GB)")
    command = [uv, "sync", "--frozen", "--quiet", "--group", "stock"]
    environment = {**os.environ, "UV_PROJECT_ENVIRONMENT": ".venv-stock"}
    return subprocess.run(command, cwd=project, env=environment, stderr=subprocess.DEVNULL).returncode == 0


class Side:
    """The stock assistant in its own environment: begins to load at once, and measures when it is told to."""

    def __init__(self, project: Path, quick: bool) -> None:
        command = _command(project, "measure", str(_kept(project)), "quick" if quick else "full")
        self._process = subprocess.Popen(
            command,
            cwd=project,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )

    def wait(self) -> None:
        """Return when it has loaded and rests."""
        assert self._process.stdout is not None
        self._process.stdout.readline()

    def measure(self) -> Dict[str, Any]:
        """The stock figures; what it cannot do or reach in its time is left out. Raises SetupError when it fails."""
        printed, _ = self._process.communicate("now\n")
        if self._process.returncode:
            raise SetupError(
                f"The stock side of the comparison failed with {self._process.returncode}. To see why: "
                f"{' '.join(map(str, self._process.args))}"  # type: ignore[arg-type]
            )
        return dict(json.loads(printed))


def _kept(project: Path) -> Path:
    """Where the trained model lies: a folder named after what it is made of."""
    digest = hashlib.sha256(str(EXAMPLES_EACH).encode())
    config, data = project / "benchmarks" / "stock" / "config.yml", project / "data"
    made_of = [project / "domain.yml", config, *(data / "nlu").rglob("*.yml"), *(data / "stories").glob("*")]
    for path in sorted(path for path in made_of if path.is_file()):
        digest.update(path.read_bytes())
    return project / ".cache" / "stock" / digest.hexdigest()[:16]


def _command(project: Path, *arguments: str) -> List[str]:
    return [str(project / _PYTHON), str(project / _DRIVER), *arguments]
