"""Listening: mirror, deepen, correct."""

from actions.base import CapabilityAction


class Reflect(CapabilityAction):
    """Mirror or deepen what was told."""

    action = "action_reflect"


class Answer(CapabilityAction):
    """Take a yes, a no or a number in the context of what was asked."""

    action = "action_answer"


class NotIt(CapabilityAction):
    """Drop a wrong reading."""

    action = "action_not_it"


class TellMore(CapabilityAction):
    """Say more about the passage shown last."""

    action = "action_tell_more"
