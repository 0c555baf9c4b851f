"""Approved corrections as training examples: redacted, each once, never mixed with what is used to evaluate."""

import hashlib
import re
from dataclasses import dataclass
from typing import Any, Collection, Dict, Iterable, List, Optional, Sequence, Set, Tuple

import yaml

from bot.core.themes import THEMES

EVALUATION_SHARE = 5  # one in five


@dataclass(frozen=True)
class Example:
    """One corrected message: redacted text, all its themes (none: it held no theme), and where that comes from.

    `own` is the text redacted by what it says itself, where `text` hides also names that were said elsewhere. `decided_by`
    is everybody who decided on its themes, `signed_off_by` who signed its conversation off, if anybody did.
    """

    text: str
    themes: Tuple[str, ...]
    turn_id: int
    model_version: str
    decided_by: Tuple[str, ...]
    decided_on: str
    own: str = ""
    signed_off_by: Optional[str] = None

    @property
    def hash(self) -> str:
        """The same for texts that differ only in case, spacing or punctuation; 64 hex digits.

        It follows from the message alone: what is said elsewhere later cannot move a correction from one use to another.
        """
        return text_hash(self.own or self.text)


def text_hash(text: str) -> str:
    """The hash of a text without case, spacing and punctuation; 64 hex digits."""
    return hashlib.sha256(" ".join(re.findall(r"\w+", text.lower())).encode()).hexdigest()


def use_of(hash_: str) -> str:
    """What a correction is for, decided by its hash alone and so for ever: `training` or `evaluation`."""
    return "evaluation" if int(hash_[:8], 16) % EVALUATION_SHARE == 0 else "training"


def split(examples: Iterable[Example], held_out: Set[str]) -> Tuple[List[Example], List[Example]]:
    """Examples for training and for evaluation, each text once (the latest decision of it), in order of their turns.

    `held_out` are hashes of the shipped evaluation texts, which are used for neither. A text that was decided in two
    ways by different turns is left out: nobody could learn from it.
    """
    by_hash: Dict[str, List[Example]] = {}
    for example in sorted(examples, key=lambda item: item.turn_id):
        if example.hash not in held_out and re.search(r"\w", example.text):
            by_hash.setdefault(example.hash, []).append(example)
    kept = [same[-1] for same in by_hash.values() if len({example.themes for example in same}) == 1]
    training = [example for example in kept if use_of(example.hash) == "training"]
    learned = {text_hash(example.text) for example in training}
    evaluation = [example for example in kept if use_of(example.hash) == "evaluation"]
    return training, [example for example in evaluation if text_hash(example.text) not in learned]


def rasa_yaml(examples: Sequence[Example], no_theme_intent: str) -> str:
    """Training examples in Rasa's format with provenance as metadata; `no_theme_intent` takes those without a theme."""
    intents: Dict[str, List[Dict[str, Any]]] = {}
    for example in examples:
        intent = example.themes[0] if example.themes else no_theme_intent
        intents.setdefault(intent, []).append(
            {
                "text": " ".join(example.text.split()).replace("[", "(").replace("]", ")") + "\n",
                "metadata": {
                    "themes": list(example.themes),
                    "source": "review",
                    "turn": example.turn_id,
                    "hash": example.hash,
                    "model_version": example.model_version,
                    "decided_by": list(example.decided_by),
                    "decided_on": example.decided_on,
                    "signed_off_by": example.signed_off_by,
                },
            }
        )
    order = {name: place for place, name in enumerate((*THEMES, no_theme_intent))}
    return _yaml(
        [{"intent": name, "examples": intents[name]} for name in sorted(intents, key=lambda name: order[name])]
    )


def without(text: str, turn_ids: Collection[int]) -> Tuple[str, int]:
    """What `rasa_yaml` wrote, without the examples of these messages, and how many there were. Raises ValueError."""
    try:
        nlu = yaml.safe_load(text)["nlu"]
        kept = [
            {**intent, "examples": [one for one in intent["examples"] if one["metadata"]["turn"] not in turn_ids]}
            for intent in nlu
        ]
        gone = sum(len(intent["examples"]) for intent in nlu) - sum(len(intent["examples"]) for intent in kept)
    except (yaml.YAMLError, KeyError, TypeError) as error:
        raise ValueError(f"These are no exported examples ({type(error).__name__}).") from None
    return _yaml([intent for intent in kept if intent["examples"]]), gone


def _yaml(nlu: List[Dict[str, Any]]) -> str:
    shown = [
        {**intent, "examples": [{**one, "text": _Block(one["text"])} for one in intent["examples"]]} for intent in nlu
    ]
    return str(
        yaml.dump({"version": "3.1", "nlu": shown}, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=120)
    )


class _Block(str):
    """A text written as a YAML block, as Rasa writes them."""


class _Dumper(yaml.SafeDumper):
    """Writes `_Block` with a bar."""


def _block(dumper: yaml.SafeDumper, value: _Block) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:str", value, style="|")


_Dumper.add_representer(_Block, _block)
