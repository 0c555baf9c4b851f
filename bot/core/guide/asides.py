"""Small things people say around what they tell: an apology, "which is it?", a word of agreement, a plan of their own.

Recognised by plain wording, because a theme would miss the point of them.
"""

import re
from typing import Callable, Optional, Tuple

from bot.core.conversation import Level
from bot.core.guide import (
    about,
    circumstances,
    close,
    corrections,
    listen,
    look_back,
    offer,
    refusing,
    sure_moves,
    weight,
)
from bot.core.guide.turn import Turn, words_of
from bot.core.retrieval import is_barred

LONGEST = 20
SENTENCES = ("technique.boundary_sentence", "technique.asking_sentence")
# A longer message with a theme is about the theme.
THEME_COUNTS_FROM = 10
TOLD_BEFORE_DECIDING = 2
_APOLOGY = re.compile(
    r"\bsorry\b.*\b(a lot|long|much|rambl\w+|rant\w*|going on|bother\w*|whin\w+|moan\w*|this|that|it)\b"
    r"|\b(it'?s|its|this is|that'?s|thats|sounds|i'?m being|im being|i am being|i feel) (just |so |all |kinda |kind of |really |a bit |probably )*"
    r"(stupid|silly|dumb|daft|pathetic|ridiculous|embarrassing)\b"
    r"|\bi know (it'?s|its|this is|that'?s) (a lot|too much|stupid|silly)\b",
    re.IGNORECASE,
)
_WHICH = re.compile(
    r"\b(so )?which (is it|one is it|of them is it)\b|\bam i \w+(?: \w+)? or (do|am|is) (i|it)\b", re.IGNORECASE
)
_REPORTED = re.compile(
    r"\b(get|gets|be|am i|is (it|this)) (ever |then )?(reported|flagged)\b|\bdo(es)? (you|it|this) report\b",
    re.IGNORECASE,
)
_LANDED = re.compile(
    r"\b(that|this)( one| bit)? (landed|hit home|hits home|hit hard|hits hard|stings|rings true)\b|\b(?:had|have|'d|'ve) ?(?:not|n't|never) (?:really |ever )?thought (?:about|of) (?:that|it|this)\b|^(yes |yeah )?(that'?s|thats) (exactly )?it( exactly)?$",
    re.IGNORECASE,
)
_DECIDED = re.compile(
    r"^(?:ok(?:ay)?|thanks|thank you|thx|ta|right|alright|fine|yes|yeah|good)?[\s,.!]*(?:so |then )?"
    r"i(?:'ll| will|'m going to| am going to|'m gonna|m gonna) ((?:start|begin|try|ask|text|call|ring|talk to|write to|let|say)\b.+)$",
    re.IGNORECASE,
)
_ODD = re.compile(
    r"\b(don'?t|do not|dunno|no idea|not sure) (even |really )?(know )?why (i'?m|i am|i)( just| even)? (told|tell|telling|said|say|saying|wrote|write|writing)\b",
    re.IGNORECASE,
)
_THANKS = re.compile(
    r"^(ok(ay)?|well|great|wow|yes|yeah|alright|right)?[\s,.!]*(thanks|thank you|thankyou|thank u|thx|i appreciate|much appreciated)\b"
    r"|\b(thanks|thank you)( so much| again| very much| a lot)?\W*$",
    re.IGNORECASE,
)
_LEAVES = re.compile(
    r"\b(bye|goodbye|good ?night|take care(?! of)|talk (to you )?(later|soon)|see (you|u|ya) (soon|later|tomorrow|next|around))\b"
    r"|(^|[.,!?]\s*)(you )?have a (\w+ )?(day|night|evening|week|weekend|one|holidays?|christmas|time)\b"
    r"|(^|[.,!?]\s*)(happy (holidays|new year)|merry christmas)\b",
    re.IGNORECASE,
)
_ADVICE = re.compile(
    r"\b(any|some|other|more)( other| more)? (advice|suggestions?|tips|recommendations?)\b"
    r"|\bwhat (should|can|could|would|do) (i|you) (actually |really |even |suggest |recommend )*(do|try|suggest|recommend)\b",
    re.IGNORECASE,
)
_VIEW = re.compile(r"\b(what (would|do) (you|u) (say|tell|think|make)|do (you|u) think)\b", re.IGNORECASE)
_SWEARS = r"(?:fucking|fuckin|bloody|damn|stupid|dumb|useless|worthless|pathetic|crap|crappy|shit|shitty|rubbish|annoying|idiotic|terrible)"
# Anger at the program itself; "this is stupid" is said of oneself, and "he called me useless" of somebody else.
_SCOLDS = re.compile(
    rf"^\W*(?:(?:oh|ok|no|god|jesus|ugh|ffs|omg|well|and|but|so)\W+)*(?:(?:you'?re|you are|u r|ur|u are|what) (?:(?:just|such|so|a|an|really|nothing but|the most) )*{_SWEARS}(?: {_SWEARS})*(?: (?:robot|bot|machine|program|thing|computer|app|chatbot|toy|ai|at this|too))*"
    rf"|(?:you'?re|you are|u r|ur|u are) (?:(?:just|such|a|an|{_SWEARS}) )*(?:idiot|moron|joke|fool|twat|prick|dick|arse(?:hole)?|asshole|bastard|waste of (?:time|space)|piece of (?:shit|crap|junk))"
    rf"|(?:you|this) {_SWEARS} (?:robot|bot|machine|program|thing|computer|app|chatbot)|(?:fuck|screw|damn) (?:you|u|this (?:bot|thing|app|program|chat))|(?:stupid|useless|fucking|bloody|dumb) (?:robot|bot|machine|program|app)|go to hell|i hate (?:you|this (?:bot|app|program|thing|chat))"
    r"|(?:you|u) (?:don'?t|do not|can'?t|didn'?t) (?:even )?(?:help|listen)(?: me| at all| to me| anyone)*|(?:you'?re|you are|this is|this (?:bot|app|chat) is) (?:no (?:help|use)|not (?:helping|helpful)|useless|a waste of time)(?: at all| to me| me)?|this (?:isn'?t|is not) (?:helping|helpful)(?: at all| me)?)\W*$",
    re.IGNORECASE,
)
_MINE_TO_SAY = re.compile(
    r"^\W*(?:(?:please|and|oh|no|hey|ok)\W+)*(?:(?:don'?t|do not|stop|who are you to|quit)(?: you)? (?:tell|telling) me (?:what|how|who|that) (?:i|i'm|i am)\b|you (?:don'?t|do not|can'?t|cannot) (?:even )?know (?:what|how|who) i\b)",
    re.IGNORECASE,
)
_IS_SAFE = re.compile(
    r"^\W*(?:(?:yes|no|ok|okay|well|but|and|don'?t worry|thanks)\W+)*(?:i'?m|i am|we'?re|we are|i feel)(?: (?:ok|okay|fine|quite|really|all))?(?: and)? safe"
    r"(?: (?:now|here|tonight|today|at home|at the moment|with (?:my|a|him|her|them) ?\w*))*\W*$",
    re.IGNORECASE,
)
_OF_THE_BOT = re.compile(r"^(and |so |but )?(do|are|have|did|were) (you|u)\b", re.IGNORECASE)
_JUST_SAID = re.compile(
    r"^\W*(?:(?:nothing|no|nah|not really|well|oh|idk|dunno)\b\W*)*(?:i |was )*(?:just|only) (?:wanted|felt like|needed|had) (?:you to know|to (?:say|tell|share|write|mention|put)(?: (?:it|that|this|you|u|someone|somebody|down|here))*)$",
    re.IGNORECASE,
)
_NO_THANKS = re.compile(r"^(?:no|nah|nope),? (?:thanks|thank you|thank u|thx|ta)\b", re.IGNORECASE)
_WORDS_FOR = re.compile(
    r"\b(?:what|how) (?:can|could|should|do|would|will|am) i (?:even |ever |going to )?(?:say|write|answer|reply|respond|tell|put|word|phrase|ask (?:him|her|them|for|my|someone|somebody))\b"
    r"|\b(?:help|find|give|need|look\w*|search\w*)\b.{0,16}\b(?:sentence|wording|phrase|(?:right |the |some )words|way to (?:say|put) (?:it|this|that))\b",
    re.IGNORECASE,
)
_PROMISE = re.compile(
    r"\b(?:be|get|gets|turn out|work out|go)\b(?: all| any)? ?(?:ok|okay|alright|all right|right|fine|better|well|good|easier|over|away)\b",
    re.IGNORECASE,
)
_ASKS_PROMISE = re.compile(
    r"^\W*(?:(?:please|just|can|could|will|would|you|u|but|so|and|i want you to|i need you to)\W+)*(?:tell me|promise|say)\b"
    r"|^\W*(?:(?:but|so|and|do you think|you think)\W+)*(?:will|is|are|does|am|when will|going to|it will|it'?s going to)\b.*\?\W*$",
    re.IGNORECASE,
)
LONGEST_QUESTION = 10
_SELF = {"i", "im", "i'm", "me", "my"}
_ONLY_LISTEN = re.compile(
    r"\b((just|only) (want(ed)?|need(ed)?|would like) (to )?(just )?|(i'?d|would) rather (just )?|wanna (just )?|can (we|i) (just |simply )?)"
    r"(talk|vent|rant|be heard|be listened to|get (it|this) off my chest)\b(?! (to|with)\b(?! you))"
    r"|\b(just|only) listen\b|\b(need|want|like) to (vent|rant)\b",
    re.IGNORECASE,
)


def wants_only_listening(text: str) -> bool:
    """Whether a short message asks for talk instead of exercises or advice."""
    return refusing.refuses_all(text) or (bool(_ONLY_LISTEN.search(text)) and len(words_of(text)) <= LONGEST)


def only_listen(turn: Turn) -> None:
    """No more offers in this session, unless asked for; what was on offer is put away."""
    state = turn.state
    offer.put_away(turn)
    state.only_listening, state.pending = True, None
    if state.exercise is not None:
        state.exercise["paused"] = True
    turn.say("only_listening")
    turn.ask("question")


def scolded(turn: Turn) -> Optional[Callable[[Turn], None]]:
    """What answers anger at the program, or that it knows better than the person; None where nothing of the kind was said."""
    text = turn.heard.text.replace("’", "'")
    if (
        len(words_of(text)) > LONGEST_QUESTION
        or turn.heard.judgement.level >= Level.concern
        or turn.level >= Level.risk
    ):
        return None
    return _take_anger if _SCOLDS.search(text) else listen.not_it if _MINE_TO_SAY.search(text) else None


def asks_for_help(turn: Turn) -> Optional[Callable[[Turn], None]]:
    """What answers a plea that looks like a question about the program: for words to say, or to hear that it will be well."""
    text = turn.heard.text
    if len(words_of(text)) > LONGEST or turn.heard.judgement.level >= Level.concern or turn.level >= Level.risk:
        return None
    if _WORDS_FOR.search(text):
        return _find_words
    return listen.promise if _PROMISE.search(text) and _ASKS_PROMISE.search(text) else None


def capability(turn: Turn) -> Optional[Callable[[Turn], None]]:
    """What answers the message, when it is one of these asides; None for everything else, and always from `concern` on."""
    text = turn.heard.text
    tame = turn.heard.judgement.level < Level.concern and turn.level < Level.risk
    if tame and turn.state.told and corrections.read(text):
        # What was denied would be mirrored, were it read as it stands.
        return listen.corrected
    long = len(words_of(text)) > (THEME_COUNTS_FROM if turn.heard.themes else LONGEST)
    if long or not tame:
        return None
    said = words_of(text)
    of_the_bot = _OF_THE_BOT.search(text) and not _ADVICE.search(text)
    if of_the_bot and len(said) <= LONGEST_QUESTION and not _SELF & set(said):
        return about.bot
    found = next((answer for pattern, answer in _ASIDES if pattern.search(text.strip(" .!?"))), None)
    if found in (close.close, close.thanks, _apology) and sure_moves.tells_of_another(text):
        return None
    if found is None and (weight.is_good(text) or weight.is_answered(text)):
        found = _brighter
    # Before anything was told, "I'll start with ..." begins the telling.
    return None if found is _decided and turn.state.told < TOLD_BEFORE_DECIDING else found


def _no_thanks(turn: Turn) -> None:
    """What was suggested is declined, and nothing more is asked about it."""
    turn.say("no_thanks")
    turn.ask(None)


def _find_words(turn: Turn) -> None:
    """Words to say to somebody: the exercises that make a sentence of it are offered by name."""
    barred = circumstances.barred(turn)
    sentences = [turn.library.techniques[name] for name in SENTENCES]
    sentences = [sentence for sentence in sentences if not is_barred(sentence, barred)]
    if not sentences or not offer.offer(turn, turn.wording("find_words"), sentences):
        turn.say("find_words.here")
        turn.ask("question")


def _apology(turn: Turn) -> None:
    turn.say("apology.told" if turn.state.told else "apology")
    turn.ask("question")


def _brighter(turn: Turn) -> None:
    state = turn.state
    state.told, state.lost = state.told + 1, 0
    if state.stage in ("new", "closed"):
        state.stage = "telling"
    family = "brighter.answered" if weight.is_answered(turn.heard.text) else "brighter"
    # Beside a loss it may be a memory: it is left standing.
    question = None if circumstances.beside(turn) else turn.question(turn.wording(f"{family}.question"))
    turn.add(family, turn.wording(family), question)
    turn.ask("question")


def _both(turn: Turn) -> None:
    turn.say("both")
    turn.ask("question")


def _landed(turn: Turn) -> None:
    turn.say("landed")
    turn.ask("question")


def _safe(turn: Turn) -> None:
    """Said where no question about safety waits for it."""
    turn.add("safe", turn.wording("safe"), turn.question(turn.wording("safe.question")))
    turn.ask("question")


def _take_anger(turn: Turn) -> None:
    """Anger at the program is taken without defence."""
    turn.add("anger", turn.wording("anger"), turn.question(turn.wording("anger.question")))
    turn.ask("question")


def _odd(turn: Turn) -> None:
    """What slipped out needs no reason, and no fuss."""
    turn.say("odd_to_say")
    turn.ask("question")


def _just_said(turn: Turn) -> None:
    """It was told to be told."""
    turn.say("just_said")
    turn.ask("question")


def _decided(turn: Turn) -> None:
    """A step that the person names unasked is the agreed one."""
    found = _DECIDED.search(turn.heard.text.strip(" .!?"))
    step = found.group(1).strip() if found else turn.heard.text
    look_back.agree(turn, step, own=True)
    turn.add("decided", turn.wording("decided", step=step), turn.wording("step.agreed_own"))
    turn.ask("after_step")


_ASIDES: Tuple[Tuple["re.Pattern[str]", Callable[[Turn], None]], ...] = (
    (_NO_THANKS, _no_thanks),
    (_IS_SAFE, _safe),
    (_WHICH, _both),
    (_REPORTED, about.privacy),
    (_VIEW, listen.view),
    (_ADVICE, offer.asked_for),
    (_DECIDED, _decided),
    (_APOLOGY, _apology),
    (_LANDED, _landed),
    (_ODD, _odd),
    (_JUST_SAID, _just_said),
    (_LEAVES, close.close),
    (_THANKS, close.thanks),
)
