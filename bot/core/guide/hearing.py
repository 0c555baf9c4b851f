"""What a message means within this talk: which themes hold by now, which are ruled out, and whether anything was said."""

import re
from dataclasses import replace
from typing import Dict, List, Mapping, Sequence, Tuple

from bot.core.conversation import ThemeScore
from bot.core.entries import words
from bot.core.guide.turn import Turn, words_of
from bot.core.retrieval import SURE_THEME

# From so much evidence over the talk on, a theme is spoken of as one that is there.
HELD = 0.55
# What was said a message ago counts so much less; a theme may be likely without being claimed, from `COUNTS_FROM` on.
FADES, COUNTS_FROM = 0.85, 0.2
# A theme too unsure to be claimed counts once it was near more than once, or near enough.
NEARLY = 0.45
# A plainly said theme is not given up at once for one that is only likely.
STAYS_PLAIN = 2
MOST_THEMES = 5
# From here on the likeliest reading is worth asking about; from `RIVAL` on another makes the first one doubtful.
LIKELY, RIVAL = 0.3, 0.5
# So much evidence over a talk needs no plain message any more.
PLENTY = 1.2
# How much the article sections of what was said before count beside those of this message.
EARLIER_SHARE, MOST_SECTIONS = 0.25, 8
GUESSING_TURNS = 3
SAYS_LITTLE = 2
_UNSURE = re.compile(
    r"^\W*((i )?(really )?(do ?n[o']?t|dont) (really )?know|dunno|idk|not (really )?sure|no idea|um+|uh+|hm+)\b",
    re.IGNORECASE,
)
# "I don't know how you start with someone" says something.
_UNSURE_OF = re.compile(r"\b(know|sure|idea) (how|who|if|whether|where|when|that)\b", re.IGNORECASE)
# Nothing was told yet, only that beginning is hard.
_NO_BEGINNING = re.compile(
    r"^\W*(?:(?:hi|hello|well|um+|honestly|sorry|so|ok|but)\W+)*(?:i(?:'m| am| have|'ve)? )?(?:just |really )*"
    r"(?:(?:do ?n'?t|do not)(?: really)? (?:know|have (?:an? )?(?:idea|clue))|no (?:idea|clue)|not (?:really )?sure)"
    r" (?:where|how|what) (?:to|i should|i could|do i) (?:even )?(?:begin|start|say|write|put|put it)(?: here)?\W*(?:really|tbh)?\W*$"
    r"|^\W*(?:(?:there'?s|i have|i'?ve got|i have got) )?nothing (?:much |really |special )*to (?:tell|say|talk about|report|write)(?: really| today| tbh)*\W*$",
    re.IGNORECASE,
)

_FEELINGS = (
    r"scared|afraid|frighten\w*|terrif\w+|anxious|anxiety|nervous|worried|panick?\w*|sad\w*|down|low|angry|anger|furious|mad|annoyed|irritated|frustrat\w+|hurts?"
    r"|asham\w+|shame|embarrass\w+|guilt\w*|jealous\w*|env(?:y|ious)|disgust\w*|hopeless|numb\w*|empty|emptiness|lonel\w+|alone|bored|restless|confused|lost"
    r"|overwhelm\w+|disappoint\w+|bitter\w*|resent\w*|reliev\w+|happy|glad|proud|grateful|tired|exhaust\w+|stress\w*|tense|upset|miserable|heartbroken|hate"
    r"|love|miss|cry\w*|tears|fear|grief|griev\w+|rage|joy|feel|feels|feeling|feelings|felt"
)
_FEELING = re.compile(rf"\b(?:{_FEELINGS})\b", re.IGNORECASE)
_ONLY_FEELING = re.compile(
    rf"^\W*(?:(?:and|but|so|well|just|honestly)\W+)*(?:i'?m|i am|i feel|i'?m feeling|feeling)(?: \w+)?,? (?:{_FEELINGS})(?: (?:now|today|again|of it|about it))*\W*$"
    rf"|^\W*(?:i'?m|i am|i feel|i'?m feeling|feeling) (?:{_FEELINGS})\W*$",
    re.IGNORECASE,
)
# What a yes or a no may be made of without telling anything.
_BARE = set(
    words_of(
        "no nope nah not none never nothing yes yeah yep yup really at all thanks thank you please ok okay right exactly sure maybe perhaps guess"
        " suppose think so well um hm oh ah true definitely absolutely of course actually that this it is isn't was wasn't i do don't did didn't am"
        " have haven't can't a bit something like either neither kind sort probably now today yet quite much way too sorry just dont im"
    )
)
LONGEST_BARE, LONGEST_YES = 2, 5


def names_feeling(text: str) -> bool:
    """Whether a message names a feeling."""
    return bool(_FEELING.search(text))


def only_feeling(text: str) -> bool:
    """Whether a message does nothing but name a feeling of one's own ("I'm scared")."""
    return bool(_ONLY_FEELING.search(text.replace("’", "'")))


def is_bare(text: str, agreeing: bool = False) -> bool:
    """Whether a yes or a no says no more than that; one that agrees may have a few words beside it."""
    said = words_of(text)
    return len(said) <= (LONGEST_YES if agreeing else LONGEST_BARE) or _BARE.issuperset(said)


def refuses(text: str) -> bool:
    """Whether a no at the very beginning is one to the terms, and not the beginning of what is told."""
    return is_bare(text) or bool({"agree", "consent", "accept", "terms"} & set(words_of(text)))


def says_little(text: str) -> bool:
    """Whether a message that was read as vague is: a word or two, or plainly at a loss."""
    if len(words_of(text)) <= SAYS_LITTLE or lacks_beginning(text):
        return True
    return bool(_UNSURE.search(text)) and not _UNSURE_OF.search(text)


def lacks_beginning(text: str) -> bool:
    """Whether a message says only that the person does not know where to begin."""
    return bool(_NO_BEGINNING.search(text.replace("’", "'")))


def take_in(turn: Turn) -> bool:
    """Bring the themes of the talk up to date with a message. True when one holds in it."""
    state = turn.state
    kept = replace(
        turn.heard, themes=_not_ruled_out(turn, turn.heard.themes), near=_not_ruled_out(turn, turn.heard.near)
    )
    heard = turn.heard = kept
    state.evidence = {name: weight * FADES for name, weight in state.evidence.items() if weight > COUNTS_FROM / 2}
    for theme in (*heard.themes, *heard.near):
        if theme.score >= COUNTS_FROM or theme in heard.themes:
            state.evidence[theme.name] = round(state.evidence.get(theme.name, 0.0) + theme.score, 3)
    state.sections = _blended(heard.sections, state.sections)
    state.since_plain += 1
    names = [theme.name for theme in heard.themes]
    if not names and heard.near and state.evidence.get(heard.near[0].name, 0.0) >= NEARLY:
        names = [heard.near[0].name]
    if not names:
        return False
    leading = state.themes[0] if state.themes else None
    if heard.themes and heard.themes[0].score >= SURE_THEME:
        state.since_plain = 0
    elif leading is not None and state.since_plain <= STAYS_PLAIN:
        names = [leading, *(name for name in names if name != leading)]
    state.themes = [*names[:2], *(name for name in state.themes if name not in names[:2])][:MOST_THEMES]
    return True


def holds(turn: Turn) -> bool:
    """Whether the leading theme of the talk is sure enough to be spoken of."""
    state = turn.state
    return bool(state.themes) and state.evidence.get(state.themes[0], 0.0) >= HELD


def is_sure(turn: Turn) -> bool:
    """Whether the message says its theme plainly, with no other near it, or the talk has by now said it often."""
    themes = turn.heard.themes
    if not themes:
        return False
    rivals = any(theme.score >= RIVAL for theme in turn.heard.near if theme.name != themes[0].name)
    plain = themes[0].score >= SURE_THEME and not (len(themes) == 1 and rivals)
    return plain or turn.state.evidence.get(themes[0].name, 0.0) >= PLENTY


def take_as_said(turn: Turn, names: Sequence[str]) -> None:
    """The person chose these themes themselves."""
    state = turn.state
    state.themes = [*names, *(name for name in state.themes if name not in names)][:MOST_THEMES]
    state.evidence.update({name: 1.0 for name in names})


def rule_out(turn: Turn, names: Sequence[str]) -> None:
    """The person said that these are not it."""
    state = turn.state
    state.ruled_out += [name for name in names if name not in state.ruled_out]
    state.themes = [name for name in state.themes if name not in names]
    state.evidence = {name: weight for name, weight in state.evidence.items() if name not in names}
    state.since_plain = STAYS_PLAIN + 1


def may_guess(turn: Turn) -> bool:
    """Whether to ask which of two readings holds: once, early, when there is enough to read and no theme yet."""
    state = turn.state
    return (
        len(turn.heard.near) > 1
        and turn.heard.near[0].score >= LIKELY
        and not state.themes
        and not state.guessed
        and state.told <= GUESSING_TURNS
        and not turn.hold_question
        and words(turn.heard.text) > 3
    )


def _not_ruled_out(turn: Turn, themes: Sequence[ThemeScore]) -> Tuple[ThemeScore, ...]:
    """Without the readings that the person corrected in this session, unless one is said plainly now."""
    state = turn.state
    back: List[str] = [theme.name for theme in themes if theme.name in state.ruled_out and theme.score >= SURE_THEME]
    state.ruled_out = [name for name in state.ruled_out if name not in back]
    return tuple(theme for theme in themes if theme.name not in state.ruled_out)


def _blended(now: Mapping[str, float], before: Mapping[str, float]) -> Dict[str, float]:
    names = {*now, *before}
    mixed = {
        name: (now.get(name, 0.0) + EARLIER_SHARE * before.get(name, 0.0)) / (1 + EARLIER_SHARE * bool(before))
        for name in names
    }
    return {name: round(mixed[name], 4) for name in sorted(mixed, key=lambda name: -mixed[name])[:MOST_SECTIONS]}
