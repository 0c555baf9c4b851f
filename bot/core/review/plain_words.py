"""Words of the language that may follow "I'm" with a capital and are no name."""

import re

_STATES = """
    able absent abroad addicted afraid alive all alone angry annoyed anxious ashamed asleep asexual autistic awake aware
    away awful bad beat better big bisexual bitter blank bleak blind blue bored brave broke broken busy calm certain clean
    clear clever close clumsy cold cool crap crazy cruel cute dead deaf deep delicate different difficult dirty dizzy done
    down drunk dry due dull dumb dying easy elsewhere empty enough evil fair fake far fast fat fed fine first fit five flat
    foolish four fragile free frantic fresh full fun funny furious gay gentle glad gone good great grumpy guilty half happy
    hard hateful healthy heavy high home honest hot huge human hungry hurt ill inside insane innocent insecure intense
    intersex invisible jealous kind last late lazy left lesbian less like livid lonely lost loud lovely low lucky mad male
    many mean mental mere messed messy mine miserable misunderstood moody more most mostly much mute naive nasty near needy
    nervous neutral new nice nobody nonbinary normal nothing numb obsessed odd off old one only open other over overweight
    own pale paranoid part past perfect plain poor possibly pregnant pretty private probably proud queer quick quiet quite
    rather raw ready real red rich right rough rude sad safe same scared secret self sensitive serious shaky shy sick silent
    silly simple single six slow slowly small smart sober soft some sore sort speechless stable steady stiff still straight
    strange stressed strict strong stuck stupid such sure sweet ten tense terrible terrified thin thirsty three through tight
    tiny tired torn totally tough toxic trans trapped true twelve twenty two ugly unable uneasy unfair unhappy unlucky unsafe
    unsure unwell up upset used useless usually vegan violent warm weak weary weird well wet whole wide wild worn worried
    worse worst worth worthless wrong yours zero
"""
_ROLES = """
    adult artist atheist aunt baby boss boy brother cancer carer child christian coach dad daughter doctor family father
    friend girl granny guy husband jew kid lady loser man manager mama mom mother mum mummy mommy muslim nurse orphan parent
    partner patient person pilot professor sister soldier somebody someone son student survivor teacher teen teenager uncle
    veteran victim wife woman worker writer mr mrs ms miss mx dr prof frau herr sir
"""
_PEOPLES = """
    african afghan american arab argentine asian baptist brazilian brit buddhist catholic chilean cuban czech dane dutch
    european finn french german greek gypsy hindu indian iraqi israeli kiwi latina latino mexican moroccan orthodox pakistani
    pole polish protestant roma scot serb sikh slovak somali swede swiss thai turk welsh ace adhd add aspie ocd bpd ptsd
    aries taurus gemini leo virgo libra scorpio sagittarius capricorn aquarius pisces
"""
_WORDS = frozenset((_STATES + _ROLES + _PEOPLES).split())
_ENDINGS = re.compile(
    r".{3,}(?:ed|ing|ful|less|ous|ive|able|ible|ish|ese|ical|istic|some|ness|itely|ately|ously|fully|ently|antly|ingly"
    r"|cally|nally|edly)|.{3,}(?:[lrstndg]ian|ean)"
)
# Names that end like words.
_LIKE_WORDS = """
    ahmed alfred clive danish fred girish hamed harish irving ishmael jared javed khaled manfred manish mildred mohamed
    mohammed muhammed naveed olive saeed satish ashish sterling waleed wilfred winifred adrian bastian brian christian
    cillian damian dorian florian gillian julian killian lilian lillian maximilian sebastian vivian fabian octavian marian
    dean sean jean caspian
"""
_NAMES = frozenset(_LIKE_WORDS.split())


def is_plain(word: str) -> bool:
    """Whether a word says what somebody is or how they are, as far as a list and the ends of words can tell."""
    small = re.split(r"['’]", word.lower())[0]
    return small in _WORDS or (small not in _NAMES and _ENDINGS.fullmatch(small) is not None)
