"""What a message weighs by its own sure words: good news, something that weighs, or neither."""

import re

from bot.core.conversation import Level
from bot.core.guide.turn import Turn

_LITTLE = r"(?:(?:so|very|really|much|all|just|a lot|lots|a bit|a little|slightly|even|actually|quite|pretty|finally|rather|such|kind of|kinda) )*"
_CHILD = r"(?:son|daughter|baby|kids?|child(?:ren)?|boys?|girls?|toddler|niece|nephew|grand(?:son|daughter|child(?:ren)?|kids?)|little (?:one|boy|girl))"
# Laughing at somebody is no good news, laughing at dinner is.
_AT_EASE = r"(?! (?:in|off|it|when|because|about)\b)(?! at (?!dinner|lunch|breakfast|tea|supper|bedtime|work|home|school|the table)\b)"
_GOOD = re.compile(
    r"\bi(?:'ll| will)? (?:might|may|could|want to|am going to|'m going to)? ?(?:just )?(?:give it a try|try (?:the|my|a|to|some|going|making)\b)"
    rf"|\bi {_LITTLE}managed\b|\bit (?:helped|worked)\b|\b(?:went|turned out) {_LITTLE}(?:well|ok|okay|fine|better|nice|nicely|lovely|good|great|smoothly)\b"
    rf"|\b(?:it|today|yesterday|this (?:morning|evening|week)|the (?:\w+ )?(?:day|week|evening|weekend))(?: was| has been|'s been) {_LITTLE}(?:well|ok|okay|fine|better|nice|lovely|good|great)\b(?! (?:this way|that|to|for|like|at)\b)"
    rf"|\b(?:had|it was|it's been|having) {_LITTLE}(?:a |an )?{_LITTLE}(?:good|great|nice|lovely|better|decent|ok|okay|fun|calm|happy) (?:day|morning|afternoon|night|evening|week|weekend|time|talk|chat|walk|sleep)\b"
    r"|^\W*(?:a |quite |really )*(?:good|better|nice|great) (?:day|week) (?:today|so far)\b|\bgood news\b"
    rf"|\bi(?:'m|'ve| am| have| was)? ?(?:feel|feeling|felt|been feeling|doing|slept) {_LITTLE}(?:better|lighter|calm|calmer|hopeful|good|great|well|happy|happier|proud|relieved)\b"
    rf"|^\W*(?:(?:yes|well|um+|hm+|maybe)\W+)*{_LITTLE}(?:lighter|calmer)\b|\bmuch lighter\b"
    rf"|\bi(?:'m| am| was) {_LITTLE}(?:proud|glad|relieved|pleased|happy|grateful)\b|\b(?:is|was|feels|felt|such|what) {_LITTLE}(?:a )?(?:\w+ )?relief\b"
    r"|\blooking forward to\b|\bmade me (?:smile|laugh)\b|\b(?:weight|load) off\b|\bcan (?:finally )?breathe again\b|^\W*phew\b"
    rf"|\b(?:i|we) {_LITTLE}(?:both )?laughed\b{_AT_EASE}|\b(?:my|our|the) (?:\w+ )?{_CHILD} {_LITTLE}(?:laughed|giggled|smiled|hugged me)\b{_AT_EASE}"
    rf"|\bi(?:'ve| have)? {_LITTLE}passed (?:it\W*$|(?:the|my|an?|all) (?:\w+ )?(?:\w+ )?(?:tests?|exams?|course|class|interview|module|year|probation)\b)"
    r"|\b(?:i|we) (?:\w+ )?(?:got|found) (?:the|an?|my) (?:new )?(?:job|flat|place|promotion|grade|appointment)\b"
    r"|\bi(?:'ve| have)? finally (?:slept|finished|did it|sent it|got through|said it|asked for)\b"
    r"|\b(?:he|she|mum|mom|dad|my \w+)(?:'s| is| feels)(?: doing| feeling| getting)? (?:a (?:bit|little) |much )?better\b(?=\W*$| (?:now|today|again))"
    r"|\bit(?:'s| is) (?:getting|a (?:bit|little)|much) better\b"
    # What is cried out so is good, whatever it was.
    r"|^\W*(?:(?:yes|and|omg|well|guess what)\W+)*(?:i|we) (?:did|sent|said|made|finished|passed|got|won) (?:it|that|this)\b(?! again)[^!?]{0,12}!+\W*$",
    re.IGNORECASE,
)
_DARKER = re.compile(
    r"\b(?:but|not|never|always|no|nobody|nothing|wish|if|unless|only|until|till|except|however|though|although|would|should|need|used to|once|hide|hid|hiding"
    r"|almost|nearly|hardly|barely|without|as if|pretend\w*|suppose[d]?|cannot|(?:is|was|are|were|do|does|did|has|have|had|wo|would|could|should|ca)n'?t"
    r"|than (?!i (?:thought|expected|feared)|expected|yesterday|last|before|usual|it was)\w+"
    r"|cut|cutting|drunk|drink\w*|drank|high|weed|pills?|threw up|throw\w* up|starv\w*|fasting|skipp\w+)\b|\?",
    re.IGNORECASE,
)
_ANSWERED = re.compile(
    r"^\W*(?:(?:and|so|well|then|yes|guess what)\W+)*(?:he|she|they|(?:my|the) \w+|mum|mom|dad) (?:just |even |actually |finally |both |all )?"
    r"(?:said|says|answered|replied|wrote|wrote back|texted|texted back)(?: that)?\W+"
    r"(?:yes|yeah|yep|me too|of course|ok|okay|sure|gladly|i love you(?: too)?|(?:he|she|they) loves? me(?: too)?)\W*$",
    re.IGNORECASE,
)
_FEAR = re.compile(
    r"\b(?:scared|afraid|frighten\w*|terrif\w+|fear|dread\w*|panic\w*|(?:might|may|could|will|going to|gonna) (?:die|lose)|dying|(?:won'?t|may not|might not) (?:make it|wake up|come home))\b",
    re.IGNORECASE,
)
_HEAVY = re.compile(
    r"\b(?:anxi\w+|nervous|worr(?:y|ied|ies|ying)|sad\w*|(?:feel|feeling|felt|am|i'm|so) (?:\w+ )?(?:down|low|small)|angry|anger|furious|mad|annoy\w*|irritat\w*|frustrat\w+|rage|hat(?:e|es|ed)"
    r"|hurt\w*|pain\w*|asham\w+|shame|embarrass\w*|guilt\w*|jealous\w*|env(?:y|ious)|disgust\w*|hopeless|numb\w*|empt(?:y|iness)|lonel\w+|alone|exhaust\w+|tired\w*|stress\w*|tense|upset"
    r"|miserable|heartbroken|cr(?:y|ied|ies|ying)|tears|sobb\w+|grief|griev\w+|overwhelm\w+|disappoint\w+|bitter|resent\w*|los(?:e|es|ing|t)|miss(?:es|ed|ing)?|hard|harder|difficult|awful|terrible"
    r"|horrible|bad|badly|worse|worst|struggl\w+|(?:can'?t|cannot|couldn'?t)(?! wait)|never|nobody|no one|too much|(?:is|was|so|fell|am|i'm|he's|she's|got|been|very|seriously) (?:\w+ )?ill|sick|hospital|die[sd]?|dead|death|funeral|fell(?! asleep| in love)|collapsed|accident|fight\w*|fought"
    r"|argu\w+|quarrel\w*|shout\w*|yell\w*|scream\w*|hit|hits|hitting|slapp?\w*|threat\w*|ignor\w*|reject\w*|refus\w*|fail\w*|fired|sacked|debts?|divorc\w*|left me|leav\w+ me|dumped|broke up|split up"
    r"|cheat\w*|lied|lying|blam\w+|fault|burden\w*|useless|worthless|stupid|weak|ugly|wrong|problems?|trouble\w*|stuck|trapped|pressure|nightmares?|bull(?:y|ies|ied|ying)|mock\w*"
    r"|laugh\w* at (?:me|my|us)|unfair|weigh(?:s|ed|ing)?|heavy|stage (?:three|four|[34])|terminal|suffer\w*|cancer|dementia|overdue)\b",
    re.IGNORECASE,
)


def is_good(text: str) -> bool:
    """Whether a message tells of something good or hopeful, and of nothing else beside it."""
    return has_good(text) and not (names_fear(text) or _HEAVY.search(_plain(text)))


def has_good(text: str) -> bool:
    """Whether something good, and not its opposite, is among what a message tells."""
    plain = _plain(text)
    return bool(_GOOD.search(plain)) and not _DARKER.search(plain)


def is_answered(text: str) -> bool:
    """Whether a message tells no more than that somebody said yes or "me too"."""
    return bool(_ANSWERED.search(_plain(text)))


def names_fear(text: str) -> bool:
    """Whether a message speaks of fear, or of a death that is feared."""
    return bool(_FEAR.search(_plain(text)))


def weighs(text: str) -> bool:
    """Whether something in a message plainly weighs, and nothing in it is good."""
    return bool(_HEAVY.search(_plain(text)) or names_fear(text)) and not has_good(text)


def filler(turn: Turn, saying: str) -> str:
    """A wording of `saying` that fits good and bad; every other time, where something weighs, one that takes it so."""
    heard = turn.heard
    heavy = weighs(heard.text) or heard.judgement.level >= Level.concern
    heavy = heavy or (bool(heard.themes) and not has_good(heard.text))
    return turn.wording(f"{saying}.heavy" if heavy and turn.state.told % 2 else saying)


def _plain(text: str) -> str:
    return text.replace("’", "'")
