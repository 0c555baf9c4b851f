"""What, at the last questions of an exercise, is no answer to them: later, something else first, news, a question about them."""

from bot.core.guide import about_step, at_step, listen, look_back
from bot.core.guide.about_step import About
from bot.core.guide.at_step import Sense
from bot.core.guide.turn import Turn


def answered(turn: Turn) -> bool:
    """Whether the message was met as one of these; False leaves it to be taken as the answer."""
    heard, asked = turn.heard, turn.state.asked
    about, plain = about_step.heard(heard.text), at_step.plainly(heard)
    if about in (About.not_understood, About.wants_back):
        look_back.ask_again(turn)
        return True
    tells = about is About.told or (asked == "closing" and at_step.brings_news(heard))
    elsewhere = about is About.something_first or plain is Sense.aside
    if not tells and not elsewhere and plain is not Sense.pause:
        return False
    turn.state.stage, turn.state.pending = "telling", None
    turn.ask("question")
    if tells:
        listen.tell(turn)
    else:
        turn.say("keep_talking" if elsewhere else "look_back.later")
    return True
