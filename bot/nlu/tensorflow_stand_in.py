"""Lets Rasa be imported where TensorFlow is not installed.

Rasa imports TensorFlow from many modules, also for pipelines that never use it. That costs seconds of start-up,
hundreds of megabytes of memory and most of the size of an installation. `install()` adds an import finder **behind** all
others, so it is asked only when the real package is absent; it then answers with empty classes. A pipeline that
really needs TensorFlow is stopped at the moment it builds one of its models, with the component named.

`tensorflow_stand_in.pth` beside this file is installed into site-packages, so that the stock commands (`rasa train`,
`rasa shell`, ...) work as well. It costs nothing until a module of TensorFlow is asked for.
"""

import importlib.abc
import importlib.machinery
import sys
from types import ModuleType
from typing import Any, Iterable, Optional, Sequence

PACKAGES = frozenset(
    {
        "keras",
        "tensorflow",
        "tensorflow_addons",
        "tensorflow_hub",
        "tensorflow_text",
    }
)


class TensorFlowMissing(RuntimeError):
    """A component needs TensorFlow, which is not installed."""

    def __init__(self, needed: str) -> None:
        super().__init__(
            f"{needed} needs TensorFlow, which is not installed. Found: the small default environment. "
            "Either take the component out of config.yml, or install TensorFlow with: uv sync --group stock"
        )


class _StandInType(type):
    """Metaclass: attributes are further stand-ins; only classes that Rasa derived from one refuse to be built."""

    def __getattr__(cls, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return _stand_in(f"{cls._path}.{name}")

    def __call__(cls, *args: Any, **kwargs: Any) -> Any:
        if not cls.__dict__.get("_is_stand_in"):
            raise TensorFlowMissing(f"{cls.__module__}.{cls.__name__}")
        if len(args) == 1 and callable(args[0]) and not kwargs:
            return args[0]
        return _Inert(cls._path)

    def __or__(cls, other: Any) -> Any:
        return Any

    __ror__ = __or__

    _path: str


class _Inert:
    """What a call into the stand-in returns: good as a decorator at import time, loud for anything else."""

    def __init__(self, path: str) -> None:
        self._path = path

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        if len(args) == 1 and callable(args[0]) and not kwargs:
            return args[0]
        raise TensorFlowMissing(self._path)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return _Inert(f"{self._path}.{name}")

    def __len__(self) -> int:
        # spaCy's thinc asks for the list of graphics cards: there are none.
        return 0


def _stand_in(path: str) -> Any:
    name = path.rsplit(".", 1)[-1]
    return _StandInType(name, (), {"_path": path, "_is_stand_in": True, "__module__": path.rsplit(".", 1)[0]})


class _StandInModule(ModuleType):
    __path__: Sequence[str] = []
    __version__ = "0.0.0"

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        value = _stand_in(f"{self.__name__}.{name}")
        setattr(self, name, value)
        return value


class Finder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Answers for `packages` (also with dots, for a part of one) and all below them."""

    def __init__(self, packages: Iterable[str]) -> None:
        self._packages = tuple(packages)

    def find_spec(
        self, fullname: str, path: Optional[Sequence[str]], target: Optional[ModuleType] = None
    ) -> Optional[importlib.machinery.ModuleSpec]:
        if not any(f"{fullname}.".startswith(f"{package}.") for package in self._packages):
            return None
        return importlib.machinery.ModuleSpec(fullname, self, is_package=True)

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> ModuleType:
        return _StandInModule(spec.name)

    def exec_module(self, module: ModuleType) -> None:
        return None


def install() -> None:
    """Add the stand-in behind all other import finders; does nothing when it is there already."""
    if not any(isinstance(finder, Finder) for finder in sys.meta_path):
        sys.meta_path.append(Finder(PACKAGES))


install()
