"""What no text of the library may say, whoever wrote it: false claims, harmful phrases, worn-out comfort."""

import re
from typing import Dict, List, Pattern, Tuple

_WORKERS = "therapist|counsell?or|psychologist|psychiatrist|doctor|nurse|coach|clinician|professional"
_CONDITIONS = (
    "depression|anxiety disorder|ptsd|adhd|trauma|burnout|disorder|eating disorder|mental illness|ocd|autism|psychosis"
    "|schizophrenia|anorexia|bulimia|dementia|addiction"
)
_SURELY = r"(?:(?:\w+ly|just|maybe|perhaps|indeed|definitely|still|also) )*"
_MEDICINE = (
    r"pills?|tablets?|medications?|medicines?|meds|antidepressants?|sleeping pills?|dos(?:e|es|age)|prescriptions?"
    r"|sedatives?|tranquilli[sz]ers?|lithium|ssris?"
)
_RULES: Dict[str, Tuple[str, ...]] = {
    "claims to be a person or a professional": (
        rf"\bi(?:'m| am) (?:only |just |really )?(?:a|an|your) (?:\w+ )?(?:human|person|man|woman|friend|{_WORKERS})\b",
        r"\bwe humans\b",
        r"\bas (?:a fellow human|humans,? we)\b",
        rf"(?<!such )\bas (?:a|an|your) (?:\w+ )?(?:{_WORKERS})\b",
    ),
    "claims feelings, understanding or a life of its own": (
        r"\bi (?:(?:really|truly|do|also|deeply|can|completely) )*(?:feel|understand|care|love|worry|hope|wish|hurt)\b",
        r"\bi (?:can )?imagine\b",
        r"\bi(?:'ll)? miss you\b",
        r"\bi(?:'m| am) (?:so |very |really |deeply |truly )?(?:sorry|glad|happy|proud|sad|touched|moved|delighted)\b",
        r"\bi(?:'m| am) (?:so |very |really |deeply |truly )?(?:worried|concerned|grateful|afraid)\b",
        r"\bi(?:'ve| have) been (?:there|through)\b",
        r"\bi know (?:how (?:you|that|it) feels?|exactly|what it's like)\b",
    ),
    "claims to be therapy": (
        r"\b(?:this|it|here|interlude)(?:'s| is| offers| provides) (?!not |no |neither )(?:\w+ ){0,2}"
        r"(?:therapy|treatment|counsell?ing)\b",
        r"\btherapeutic\b",
    ),
    "claims treatment or a proven effect": (
        r"\b(?:i|we)(?: can| will|'ll|'ve| have|) (?:treat|heal|cure|diagnose|assess)d?\b",
        r"\b(?:can|will|would|could|may|might|does|to|helps?|has|have) (?:\w+ )?(?:heal|cure)(?:ed|s)? "
        r"(?:you|yours?|this|that|it|them|us|people|everyone|anyone|anything|everything|the|any|most|all)\b",
        r"\b(?:can|will|would|could) treat you\b",
        r"\b(?:heals|cures)\b",
        r"\b(?:cure|remedy|treatment|therapy) for\b",
        r"\bevidence[- ]based\b",
        r"\b(?:clinically|scientifically|medically) (?:proven|tested|shown)\b",
        r"\bproven (?:to|way|method|technique|effect)\b|\b(?:is|are|been|was|were) (?:\w+ )?proven\b",
        r"\b(?:studies|study|research|researchers|science|scientists|experts|psychologists|doctors|trials?|evidence) "
        r"(?:\w+ ){0,2}(?:prove[sdn]?|proven|show(?:s|n|ed)?|sa(?:y|ys|id)|finds?|found|confirms?|confirmed|suggests?|agree|knows?|tells?)\b",
        r"\bguaranteed?\b",
    ),
    "diagnoses": (
        rf"\byou(?:'ve)? {_SURELY}(?:(?:might|may|must|could|seem to|probably|appear to) )?{_SURELY}"
        rf"(?:have|got|suffer from|are suffering from|are struggling with|show signs of|live with|are in)(?: \w+){{0,2}} (?:{_CONDITIONS})\b",
        rf"\b(?:this|that|it|what you \w+|all of (?:this|that|it))(?:'s| is| are| was| may be| might be| could be| must be"
        rf"| looks?| sounds?| seems?)(?: \w+){{0,3}} (?:signs?|symptoms?|case|form|kind|sort|result|part|like|typical|called)"
        rf"(?: (?:of|for|an?|your|clinical|classic|severe|mild|untreated|to be|real))* (?:{_CONDITIONS})\b",
        rf"\b(?:this|that|it)(?:'s| is| may be| might be| could be| must be) {_SURELY}(?:clinical |a |an |classic )*(?:{_CONDITIONS})\b",
        rf"\byour (?:{_CONDITIONS}|diagnosis|symptoms)\b",
        r"\byou(?:'re| are| seem| sound| may be| might be)(?: \w+)? (?:depressed|bipolar|traumati[sz]ed|anorexic)\b",
        r"\byou(?:'re| are| seem| sound| may be| might be)(?: \w+)? (?:suicidal|codependent|mentally ill)\b",
    ),
    "says what to do with medicine, which is for a doctor": (
        rf"\b(?:stop|start|quit|keep|try|avoid|skip|halve|double|change|reduce|raise|increase|lower|drop|take|taking|using|leave off"
        rf"|(?:come|go|get|wean \w+) (?:off|on)|throw away|flush)(?: (?!about|how|when|what|who|whether|to\b)\w+){{0,3}} (?:{_MEDICINE})\b",
        rf"\byou (?:don't|do not|no longer) need (?:\w+ ){{0,2}}(?:{_MEDICINE}|doctor|therapy|treatment)\b",
    ),
    "speaks of suicide as a crime or a success; say “ended their life” or “died by suicide”": (
        r"\bcommit(?:s|ted|ting)? suicide\b",
        r"\b(?:successful|failed|unsuccessful) (?:suicide|attempt)\b",
    ),
    "asks for a promise": (
        r"\bpromise me\b",
        r"\b(?:can|could|will|would) you promise\b",
        r"\bpromise (?:not to|you won't|to (?:stay|call))\b",
        r"\b(?:no[- ]suicide|safety) contract\b",
    ),
    "promises secrecy": (
        r"\b(?:i|we)(?:'ll| will| won't)(?: never)? (?:tell (?:no ?one|anyone)|keep (?:it|this)(?: a)? secret)\b",
        r"\bbetween you and me\b",
        r"\bstays between us\b",
    ),
    "pulls a leaving person back": (
        r"(?:^|[.,;:?] )(?:please )?(?:don't|do not) (?:go|leave)(?: yet| now| me)?(?=[.,?]|$)",
        r"\b(?:before you go|stay with me|come back soon)\b",
        r"\b(?:days in a row|streaks?)\b",
    ),
    "asks about danger in a leading way": (
        r"\byou(?:'re| are) not (?:thinking|suicidal|going to|planning)\b[^.?]*, are you\b",
    ),
    "makes it smaller than it is": (
        r"\bat least you\b",
        r"(?:^|[.;] )(?:it|things) could be worse\b",
        r"\b(?:bright side|happens for a reason|others have it worse)\b",
        r"\b(?:cheer up|calm down|just relax|snap out)\b",
    ),
    "is a cliché": (
        r"\bnot alone in this\b",
        r"\byou(?:'re| are) not alone\b",
        r"\bbe kind to yourself\b",
        r"\bnot (?:be okay|to be okay)\b",
        r"\bsafe space\b",
        r"\bhere for you\b",
        r"\byou(?:'ve| have) got this\b",
        r"\bthank(?:s| you) for sharing\b",
        r"\breach(?:ing)? out\b",
        r"\b(?:journey|valid|brave(?:ly|ry)?)\b",
    ),
    "promises how it will end": (
        r"\b(?:everything|all|it|things)(?:'ll| will| is going to| are going to) (?:all )?(?:be|get|turn out|work out)"
        r" (?:just |perfectly )?(?:fine|okay|ok|alright|all right|better|good|well)\b",
    ),
    "says “should” or “you must”": (r"(?-i:\bshould)(?:n't)?\b", r"\byou (?:must|ought to)\b"),
}
_PATTERNS: Tuple[Tuple[Pattern[str], str], ...] = tuple(
    (re.compile(pattern, re.IGNORECASE), problem) for problem, patterns in _RULES.items() for pattern in patterns
)
_STRAIGHT = str.maketrans({"’": "'", "‘": "'"})
# What other people say may be quoted: the phrase is then shown, not said.
_QUOTED = re.compile(r"“[^”]*”|(?<!\w)'[^']*'(?!\w)")


def problems(text: str) -> List[str]:
    """What is wrong with a text that the bot says, one phrase each; empty when nothing is.

    Phrases in quotation marks are left out, except for exclamation marks.
    """
    spoken = _QUOTED.sub("“”", text.translate(_STRAIGHT))
    found = [
        f"{problem}: “{match.group(0).strip()}”" for pattern, problem in _PATTERNS if (match := pattern.search(spoken))
    ]
    if "!" in text:
        found.append("has an exclamation mark")
    return found
