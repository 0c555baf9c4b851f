"""Which themes want more examples: the reader trained on growing shares of data/nlu, measured on data/eval.

    INTERLUDE_ENCODER=original interlude train   # once, so that the untuned encoder is built
    INTERLUDE_ENCODER=original python benchmarks/learning_curve.py

The untuned encoder makes it fair: the tuned one has seen all messages. Prints one Markdown table: F1 of each theme by share.
"""

import json
from pathlib import Path

import numpy as np

from bot.core import evaluation
from bot.core.reading import Reader, read_examples
from bot.core.themes import THEMES
from bot.nlu.shared import shared_encoder

SHARES = (0.25, 0.5, 1.0)
SEED = 7
DATA = Path(__file__).resolve().parents[1] / "data"


def main() -> None:
    """Train on each share, measure, print."""
    examples = read_examples(DATA / "nlu")
    rows = [json.loads(line) for line in (DATA / "eval" / "themes.jsonl").read_text(encoding="utf-8").splitlines()]
    order = np.random.default_rng(SEED).permutation(len(examples))
    columns = []
    for share in SHARES:
        reader = Reader.train([examples[place] for place in order[: int(share * len(order))]], shared_encoder())
        metrics = evaluation.evaluate_themes(rows, [reader.read(row["text"]) for row in rows])["metrics"]
        columns.append([metrics["micro_f1"], *(metrics["per_theme"][theme]["f1"] or 0.0 for theme in THEMES)])
    print(
        f"| theme | {' | '.join(f'{share:.0%}' for share in SHARES)} | gain of the last step |\n|---|{'---|' * (len(SHARES) + 1)}"
    )
    for name, *values in zip(("all (micro)", *THEMES), *columns):
        print(f"| {name} | {' | '.join(f'{value:.2f}' for value in values)} | {values[-1] - values[-2]:+.2f} |")


if __name__ == "__main__":
    main()
