"""Techniques: offer, choose, practise, look back."""

from actions.base import CapabilityAction


class Offer(CapabilityAction):
    """Offer two techniques, or none."""

    action = "action_offer"


class Choose(CapabilityAction):
    """Take the answer to an offer."""

    action = "action_choose"


class Exercise(CapabilityAction):
    """Play the exercise under way."""

    action = "action_exercise"


class Stop(CapabilityAction):
    """Stop at once."""

    action = "action_stop"


class LookBack(CapabilityAction):
    """After an exercise: how it was, and one small step."""

    action = "action_look_back"


class Why(CapabilityAction):
    """Say what an exercise or a question is for."""

    action = "action_why"
