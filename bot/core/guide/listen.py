"""Listening: mirror what was told, deepen it with open questions, ask instead of guessing."""

import re
from typing import List, Optional, Sequence

from bot.core.conversation import Level
from bot.core.entries import Reflection, words
from bot.core.guide import beside, circumstances, corrections, hearing, loops, offer, quoting, weight
from bot.core.guide.turn import Turn, fingerprint, words_of
from bot.core.retrieval import sure_themes

BRIEF_WORDS = 2
FIRST_TELLINGS = 2
TURNS_BETWEEN_MIRRORS = 3
# After a long message without a theme to ask about, every other time nothing is asked.
LONG_TELLING = 25
# Up to so many words a message is plain: what is said back must not take up more than it says.
PLAIN_WORDS, BEST = 8, 6
LONGEST_MIRROR = 62
TELLING_BEFORE_OFFER = 5
TURNS_BETWEEN_OFFERS = 10
# Whoever writes at length is in the middle of telling; that is no moment for an exercise.
LONGEST_BEFORE_OFFER = 30
# From so many words on a correction says also what it is instead.
SAYS_INSTEAD = 6
LONGEST_CHOICE = 5
LONGEST_HANDING_OVER = 8
_HANDS_OVER = re.compile(
    r"\b(?:go first|(?:you|u) (?:start|begin))\W*(?:please|then|first|instead)?\W*$", re.IGNORECASE
)
_AREAS = {
    "people": {"people", "someone", "somebody", "family", "friends", "partner"},
    "work": {"work", "study", "studies", "school", "uni", "job"},
    "self": {"me", "myself", "inside", "self", "thoughts"},
}
_FIRST, _SECOND = {"first", "former", "1"}, {"second", "latter", "2"}
_HEDGES = {"maybe", "perhaps", "guess", "suppose", "sort", "kinda", "might", "probably"}


def tell(turn: Turn, lead: Optional[str] = None) -> None:
    """The person told something of their life. `lead` goes before what is said about it."""
    state, heard = turn.state, turn.heard
    if state.stage in ("new", "closed", "offering"):
        state.stage = "telling"
    state.since_mirror += 1
    state.since_offer += 1
    asked, state.asked = state.asked, None
    little = heard.kind == "too_vague" and hearing.says_little(heard.text)
    if little or hands_over(heard.text) or hearing.lacks_beginning(heard.text):
        return vague(turn)
    state.told += 1
    before = state.themes[:1]
    held = hearing.take_in(turn)
    if circumstances.told_now(heard.text):
        state.lost = 0
        return beside.told(turn)
    if beside.about(turn) and not sure_themes(turn.heard.themes):
        # Whoever grieves or is ill goes on about it, until something else is said plainly.
        return beside.go_on(turn)
    if hearing.only_feeling(heard.text) and not turn.heard.themes:
        return _heard_feeling(turn)
    thing = quoting.bare_thing(heard.text) if asked in ("question", "arrive") else ""
    if thing and not turn.heard.themes and not turn.hold_question:
        return _named(turn, thing)
    state.lost = 0
    if held:
        if turn.heard.themes and len(words_of(heard.text)) <= BRIEF_WORDS and not turn.hold_question:
            return _brief(turn)
        new = state.themes[:1] != before
        again = state.since_mirror > TURNS_BETWEEN_MIRRORS
        # A passage about what was perhaps not meant is worse than none, most of all beside someone controlling.
        fits = hearing.is_sure(turn) and not weight.has_good(heard.text)
        fits = fits and circumstances.CONTROLLED not in circumstances.barred(turn)
        if fits and ((new and state.since_mirror > 1) or again) and _mirror(turn, lead):
            return None
        return _deepen(turn, lead)
    if heard.kind == "other_feeling" and hearing.names_feeling(heard.text):
        return _heard_feeling(turn)
    if hearing.may_guess(turn):
        return either_or(turn, [theme.name for theme in turn.heard.near[:2]])
    return _deepen(turn, lead)


def vague(turn: Turn) -> None:
    """Too little was said to go by: make it easier, never complain."""
    state = turn.state
    if hands_over(turn.heard.text):
        turn.say("vague.go_first")
        turn.ask("question")
    elif loops.led_nowhere(turn):
        return
    elif hearing.holds(turn):
        turn.say("vague.with_theme", theme=turn.library.themes[state.themes[0]].name)
        turn.ask("question")
    elif state.lost == 1:
        turn.say("vague.open")
        turn.ask("question")
    else:
        turn.say("vague.choices")
        turn.ask("area")


def area_in(text: str) -> Optional[str]:
    """Which of other people, work or study, and oneself a short answer chooses; None when it chooses none."""
    said = set(words_of(text))
    if len(said) > LONGEST_CHOICE:
        return None
    return next((name for name, signs in _AREAS.items() if signs & said), None)


def ask_about_area(turn: Turn) -> None:
    """Where it lies was chosen: an easy question from there."""
    turn.say(f"area.{area_in(turn.heard.text)}")
    turn.ask("question")


def hands_over(text: str) -> bool:
    """Whether the person asks the bot to begin."""
    return len(words_of(text)) <= LONGEST_HANDING_OVER and bool(_HANDS_OVER.search(text))


def either_or(turn: Turn, names: List[str]) -> None:
    """Two readings are near: ask which, instead of guessing."""
    first, second = (turn.library.themes[name].either for name in names[:2])
    turn.state.choice, turn.state.guessed = names[:2], names[:2]
    turn.add("either_or", turn.wording("either_or", a=first, b=second), buttons=("The first", "The second", "Neither"))
    turn.ask("either_or")


def choose_reading(turn: Turn) -> None:
    """The answer to an either/or question."""
    state, said = turn.state, set(words_of(turn.heard.text))
    options, state.choice, state.asked = state.choice, [], None
    if turn.heard.kind in ("deny", "not_it") or "neither" in said:
        return not_it(turn, options)
    if turn.heard.kind == "affirm" and offer.TRYING & said:
        return offer.asked_for(turn)
    chosen = [name for name, signs in zip(options, (_FIRST, _SECOND), strict=False) if signs & said]
    if len(said) > LONGEST_CHOICE and turn.heard.kind != "affirm":
        return _told_instead(turn, options)
    if not chosen and "both" in said:
        chosen = options
    if not chosen and turn.heard.kind == "affirm":
        # A yes to a question with two ways chooses neither of them.
        return answer(turn)
    if not chosen:
        return _told_instead(turn, options)
    hearing.take_as_said(turn, chosen)
    if not _mirror(turn, both=len(chosen) > 1):
        _deepen(turn)
    return None


def _told_instead(turn: Turn, options: Sequence[str]) -> None:
    """Whoever tells more instead of choosing, and leans the same way again, has answered."""
    again = [theme.name for theme in turn.heard.near if theme.name in options][:1]
    if again and not turn.heard.themes:
        turn.state.evidence[again[0]] = hearing.NEARLY
    tell(turn)


def answer(turn: Turn) -> None:
    """A yes, a no or a maybe to an open question: taken in the context of what was asked."""
    state, kind = turn.state, turn.heard.kind
    hedged = bool(_HEDGES & set(words_of(turn.heard.text)))
    state.since_mirror += 1
    state.answered += 1
    if kind == "affirm" and turn.heard.themes:
        return tell(turn)
    if kind == "deny" and beside.about(turn):
        return beside.leave(turn)
    if (hedged or kind != "affirm") and loops.led_nowhere(turn):
        return None
    saying = "answer.maybe" if hedged else ("answer.yes" if kind == "affirm" else "answer.no")
    turn.add(saying, turn.wording(saying), turn.question(_theme_question(turn)))
    turn.ask("question")
    return None


def not_it(turn: Turn, offered: Sequence[str] = ()) -> None:
    """The reading was wrong: drop it at once, take up what was said instead, and keep the correction for the reviewers.

    `offered` are the readings of an either/or question when neither holds.
    """
    state = turn.state
    wrong = list(offered) or state.themes[:1]
    turn.keep("correction", themes=wrong, shown=state.shown)
    hearing.rule_out(turn, wrong)
    state.shown = None
    state.told = max(0, state.told - 1)
    said_instead = [theme for theme in turn.heard.themes if theme.name not in state.ruled_out]
    if said_instead and len(words_of(turn.heard.text)) > SAYS_INSTEAD:
        tell(turn, turn.wording("not_it.dropped"))
    elif not loops.led_nowhere(turn):
        turn.say("not_it")
        turn.ask("question")


def corrected(turn: Turn) -> None:
    """The reading was wrong, and what it is instead was said with it: that is what holds."""
    correction = corrections.read(turn.heard.text)
    if correction is None:
        return not_it(turn)
    state = turn.state
    denied = corrections.take_up(turn, correction)
    if correction.says_no and state.shown:
        turn.keep("correction", themes=denied, shown=state.shown)
    state.choice, state.asked, state.lost = [], None, 0
    if correction.says_no:
        state.shown = None
    if not corrections.may_say_back(correction):
        return tell(turn, turn.wording("not_it.dropped"))
    state.told += 1
    hearing.take_in(turn)
    family = beside.about(turn) or ("other_feeling" if hearing.names_feeling(correction.instead) else "")
    question = turn.wording(f"{family}.question" if family else "question.first")
    turn.add("corrected", turn.wording("corrected", instead=correction.instead), turn.question(question))
    turn.ask("question")
    return None


def hear_out(turn: Turn) -> None:
    """Take in what was told and answer it in one line that asks nothing."""
    turn.state.told += 1
    hearing.take_in(turn)
    beside.keep_company(turn)


def promise(turn: Turn) -> None:
    """Asked to say that it will be all right: the truth, and one question that stays with them."""
    turn.add("promise", turn.wording("promise"), turn.question(_theme_question(turn)))
    turn.ask("question")


def tell_more(turn: Turn) -> None:
    """More about the passage that was shown last."""
    reflection = turn.library.reflections.get(turn.state.shown or "")
    about_it = reflection is not None and not (turn.state.themes and turn.state.themes[0] not in reflection.themes)
    if reflection is not None and about_it and f"{reflection.id}.more" not in turn.state.said:
        turn.state.said.append(f"{reflection.id}.more")
        source = turn.wording("source.reflection", citation=turn.library.citation(reflection.section))
        turn.add(reflection.id, reflection.more, source, data={"section": reflection.section})
        turn.ask("question")
    elif not turn.state.themes or not _mirror(turn, sourced=True):
        turn.say("more.nothing")
        turn.ask("question")


def view(turn: Turn) -> None:
    """Asked what it would say: a passage is the only opinion the bot has."""
    turn.state.told += 1
    hearing.take_in(turn)
    if not _mirror(turn):
        _deepen(turn)


def _mirror(turn: Turn, lead: Optional[str] = None, both: bool = False, sourced: bool = False) -> bool:
    """Mirror with a reflection, naming its source when `sourced`; False when none is left that was not said lately."""
    state = turn.state
    sure = sure_themes(turn.heard.themes) or state.themes[:1] * (hearing.holds(turn) or not turn.heard.themes)
    resting, sections = turn.resting() + state.said, state.sections or turn.heard.sections
    candidates = turn.chooser.reflections(turn.heard.text, state.themes[:2], resting, sections, sure)
    candidates = circumstances.suited(turn, candidates)
    if not both:
        # Nearness alone leads to passages about something else that was never told.
        about = {theme.name for theme in (*turn.heard.themes, *turn.heard.near[:1])} or set(state.themes[:1])
        candidates = [one for one in candidates if about & set(one.themes)]
    if not candidates:
        return False
    reflection = _presuming_least(turn, candidates)
    state.rest[reflection.id] = turn.now.isoformat()
    state.said.append(reflection.id)
    state.shown = reflection.id
    state.since_mirror = 0
    turn.add(
        reflection.id,
        lead or _lead(turn, reflection, both),
        reflection.text,
        turn.wording("source.reflection", citation=turn.library.citation(reflection.section)) if sourced else None,
        turn.question(reflection.question),
        data={
            "section": reflection.section,
            "citation": turn.library.citation(reflection.section),
            "mirror": True,
        },
    )
    turn.ask("question")
    return True


def _presuming_least(turn: Turn, candidates: Sequence[Reflection]) -> Reflection:
    """The best passage; for a few plain words the first of the best that takes up no theme beyond those told."""
    if len(words_of(turn.heard.text)) > PLAIN_WORDS:
        return candidates[0]
    told = {*turn.state.themes, *(theme.name for theme in turn.heard.near)}
    return next((one for one in candidates[:BEST] if told.issuperset(one.themes)), candidates[0])


def _lead(turn: Turn, reflection: Reflection, both: bool) -> Optional[str]:
    """Their own words in front of the reflection, or the two themes by name when two were said."""
    themes = [theme.name for theme in turn.heard.themes]
    letter = quoting.is_letter(turn.heard.text)
    if both or (not letter and len(themes) > 1 and themes[1] not in reflection.themes and themes[0] != themes[1]):
        first, second = (turn.library.themes[name].name for name in turn.state.themes[:2])
        return turn.wording("two_themes", a=first, b=second)
    phrase = quoting.own_words(turn)
    room = LONGEST_MIRROR - words(reflection.text) - words(reflection.question)
    if phrase and (letter or words(phrase) + 3 <= room):
        return turn.wording("quote", quote=phrase)
    return None


def _deepen(turn: Turn, lead: Optional[str] = None) -> None:
    """Acknowledge in one line, then one open question; after enough telling, offer something to do."""
    state = turn.state
    if _moment_to_offer(turn) and offer.offer(turn, lead=lead or _acknowledge(turn)):
        return
    if words(turn.heard.text) > LONG_TELLING and state.told % 2 and not hearing.holds(turn):
        turn.add("deepen", lead or _acknowledge(turn), turn.wording("go_on"))
    else:
        turn.add("deepen", lead or _acknowledge(turn), turn.question(_theme_question(turn)))
    if fingerprint(turn.replies[-1].text) in state.uttered[:-1]:
        turn.replies.pop()
        turn.say("quiet")
    turn.ask("question")


def _moment_to_offer(turn: Turn) -> bool:
    """Enough was told about something known, nothing was asked of the bot, and only listening was not wished for."""
    state, heard = turn.state, turn.heard
    return (
        state.told >= TELLING_BEFORE_OFFER
        and state.since_offer >= TURNS_BETWEEN_OFFERS
        and not state.only_listening
        and turn.level is Level.none
        and not turn.hold_question
        and hearing.holds(turn)
        and "?" not in heard.text
        and words(heard.text) <= LONGEST_BEFORE_OFFER
    )


def _acknowledge(turn: Turn) -> str:
    state = turn.state
    phrase = quoting.own_words(turn, in_part=True)
    letter = quoting.is_letter(turn.heard.text)
    themed = hearing.holds(turn) and turn.heard.themes and not weight.has_good(turn.heard.text)
    if themed and not letter and not (phrase and state.told % 2):
        theme = state.themes[0]
        line = turn.line(f"theme.{theme}.listens", turn.library.themes[theme].listens)
        if line:
            return line
    if phrase and (state.told % 3 or letter):
        return turn.wording("quote.listening", quote=phrase)
    return weight.filler(turn, "listen")


def _theme_question(turn: Turn) -> str:
    state, family = turn.state, beside.about(turn)
    if family and not sure_themes(turn.heard.themes):
        return turn.wording(f"{family}.question")
    if not state.themes and state.told <= FIRST_TELLINGS:
        return weight.filler(turn, "question.first")
    if hearing.holds(turn) and not weight.has_good(turn.heard.text):
        theme = state.themes[0]
        line = turn.line(f"theme.{theme}.questions", turn.library.themes[theme].questions)
        if line:
            return line
    return weight.filler(turn, "question")


def _named(turn: Turn, thing: str) -> None:
    """A word or two that name something no theme stands for: ask about that very thing, or about more of it."""
    again = turn.state.told > 1 and quoting.refers_back(thing)
    turn.say("named.again" if again else "named", word=thing)
    turn.ask("question")


def _heard_feeling(turn: Turn) -> None:
    turn.add("other_feeling", turn.wording("other_feeling"), turn.question(turn.wording("other_feeling.question")))
    turn.ask("question")


def _brief(turn: Turn) -> None:
    """One or two words: take them gently and make the next answer easy."""
    heard, state = turn.heard, turn.state
    near = [theme.name for theme in (*heard.themes, *heard.near)]
    names = list(dict.fromkeys([*near, *state.themes]))[:2]
    if len(names) == 2 and set(names) != set(state.guessed):
        first, second = (turn.library.themes[name].either for name in names)
        state.choice = names
        state.guessed = names
        turn.add("brief", turn.wording("brief", word=heard.text.strip(" .!?"), a=first, b=second))
        turn.ask("either_or")
    else:
        _deepen(turn)
