"""Runs a trained model's components one after the other, without planning the same run anew for every message."""

from typing import Any, Dict, Iterator, List, Optional, Sequence, Tuple

from rasa.engine.runner.dask import DaskGraphRunner

Step = Tuple[str, Tuple[str, ...]]


class StraightRunner:
    """Takes the place of `runner` with the same components: same inputs, same results, the order worked out once."""

    def __init__(self, runner: DaskGraphRunner) -> None:
        self.nodes = runner._instantiated_nodes
        self._schema = runner._graph_schema
        self._plans: Dict[Tuple[str, ...], List[Step]] = {}

    def run(self, inputs: Dict[str, Any], targets: Optional[Sequence[str]] = None) -> Dict[str, Any]:
        """The output of each target by name; `inputs` are by name too. What a component raises comes through."""
        wanted = tuple(targets or self._schema.target_names)
        if wanted not in self._plans:
            self._plans[wanted] = list(dict.fromkeys(self._steps(wanted)))
        done = {name: (name, value) for name, value in inputs.items()}
        for name, needs in self._plans[wanted]:
            done[name] = self.nodes[name](*(done[need] for need in needs))
        return {target: done[target][1] for target in wanted}

    def _steps(self, names: Sequence[str]) -> Iterator[Step]:
        """Each component that `names` need, after those it needs itself."""
        for name in names:
            if name in self.nodes:
                needs = tuple(self._schema.nodes[name].needs.values())
                yield from self._steps(needs)
                yield name, needs
