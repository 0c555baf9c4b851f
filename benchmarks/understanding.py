"""Our reader beside a stock Rasa pipeline and TF-IDF with logistic regression: same training data, same run.

Needs the stock group, in an environment of its own:

    UV_PROJECT_ENVIRONMENT=.venv-stock uv run --group stock python benchmarks/understanding.py DIR [--epochs N]

DIR holds themes_dev.jsonl, moves_dev.jsonl and out_of_scope_dev.jsonl, or themes.jsonl and moves.jsonl as in data/eval.
"""

import argparse
import asyncio
import json
import tempfile
import time
from pathlib import Path
from typing import Callable, Dict, Sequence

from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.multiclass import OneVsRestClassifier
from sklearn.preprocessing import MultiLabelBinarizer

from bot.core import evaluation
from bot.core.conversation import ThemeScore
from bot.core.reading import THEME, Example, Reader, Reading, read_examples
from bot.core.themes import THEMES
from bot.nlu.shared import shared_encoder

DATA = Path(__file__).resolve().parent.parent / "data"
STOCK = """
recipe: default.v1
assistant_id: stock
language: en
pipeline:
  - name: WhitespaceTokenizer
  - name: RegexFeaturizer
  - name: LexicalSyntacticFeaturizer
  - name: CountVectorsFeaturizer
  - name: CountVectorsFeaturizer
    analyzer: char_wb
    min_ngram: 1
    max_ngram: 4
  - name: DIETClassifier
    epochs: {epochs}
    entity_recognition: false
    random_seed: 7
policies: []
"""
Read = Callable[[str], Reading]


def as_reading(kind: str, probabilities: Dict[str, float], threshold: float = 0.5) -> Reading:
    """A reading from a kind and one probability a theme."""
    ranked = sorted(probabilities.items(), key=lambda item: -item[1])
    claimed = tuple(ThemeScore(name, score) for name, score in ranked if score >= threshold) if kind == THEME else ()
    return Reading(kind, 1.0, ((kind, 1.0),), claimed, (), {theme: probabilities.get(theme, 0.0) for theme in THEMES})


def ours(examples: Sequence[Example], epochs: int) -> Read:
    """The reader as it is trained by `interlude train`."""
    return Reader.train(examples, shared_encoder()).read


def tfidf(examples: Sequence[Example], epochs: int) -> Read:
    """TF-IDF over words and pairs, one logistic regression a theme and one for the kinds."""
    texts = [example.text for example in examples]
    vectors = TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True, min_df=2)
    matrix = vectors.fit_transform(texts)
    binarizer = MultiLabelBinarizer(classes=THEMES)
    themes = OneVsRestClassifier(LogisticRegression(C=10, max_iter=500)).fit(
        matrix, binarizer.fit_transform([example.themes for example in examples])
    )
    kinds = LogisticRegression(C=10, max_iter=500).fit(
        matrix, [THEME if example.intent in THEMES else example.intent for example in examples]
    )

    def read(text: str) -> Reading:
        row = vectors.transform([text])
        return as_reading(kinds.predict(row)[0], dict(zip(THEMES, themes.predict_proba(row)[0])))

    return read


def stock(examples: Sequence[Example], epochs: int) -> Read:
    """Rasa's default featurizers and DIET, trained on the leading theme as the intent; one theme a message at most."""
    import yaml
    from rasa.core.agent import load_agent
    from rasa.model_training import train_nlu

    folder = Path(tempfile.mkdtemp())
    # As text, not as a list: Rasa reads a list of examples a hundred times more slowly.
    blocks: Dict[str, str] = {}
    for example in examples:
        blocks[example.intent] = blocks.get(example.intent, "") + f"- {example.text}\n"
    nlu = {"version": "3.1", "nlu": [{"intent": intent, "examples": lines} for intent, lines in blocks.items()]}
    (folder / "nlu.yml").write_text(yaml.safe_dump(nlu, allow_unicode=True), encoding="utf-8")
    (folder / "config.yml").write_text(STOCK.format(epochs=epochs), encoding="utf-8")
    model = train_nlu(str(folder / "config.yml"), str(folder / "nlu.yml"), str(folder))
    loop = asyncio.new_event_loop()
    agent = loop.run_until_complete(load_agent(model_path=model))

    def read(text: str) -> Reading:
        parsed = loop.run_until_complete(agent.parse_message(text))
        name, score = parsed["intent"]["name"], parsed["intent"]["confidence"]
        return as_reading(THEME, {name: score}, 0.0) if name in THEMES else as_reading(name, {})

    return read


def measure(read: Read, folder: Path) -> Dict[str, float]:
    """The figures of one system on every set in `folder`."""
    figures: Dict[str, float] = {}
    for path in sorted(folder.glob("*.jsonl")):
        rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
        if path.stem.startswith("themes"):
            metrics = evaluation.evaluate_themes(rows, [read(row["text"]) for row in rows])["metrics"]
            figures.update(
                {name: metrics[name] for name in ("top1_hit", "micro_f1", "macro_f1", "none_silence", "in_scope_kept")}
            )
        elif path.stem.startswith(("moves", "out_of_scope")):
            name = f"{path.stem.removesuffix('_dev')}_accuracy"
            figures[name] = evaluation.evaluate_moves(rows, [read(row["text"]) for row in rows])["metrics"]["accuracy"]
    return figures


def main() -> None:
    """Train all three, measure all three, print one Markdown table."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("folder", type=Path)
    arguments.add_argument("--epochs", type=int, default=50)
    given = arguments.parse_args()
    examples = read_examples(DATA / "nlu")
    table: Dict[str, Dict[str, float]] = {}
    for name, make in (("interlude", ours), ("stock Rasa (DIET)", stock), ("TF-IDF + LR", tfidf)):
        began = time.perf_counter()
        read = make(examples, given.epochs)
        trained = time.perf_counter() - began
        table[name] = {**measure(read, given.folder), "training seconds": trained}
    print(f"| figure | {' | '.join(table)} |\n|---{'|---' * len(table)}|")
    for figure in next(iter(table.values())):
        print(f"| {figure} | {' | '.join(f'{values[figure]:.3f}' for values in table.values())} |")


if __name__ == "__main__":
    main()
