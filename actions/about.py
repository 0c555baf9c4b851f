"""The bot itself: what it is, where its words come from, how to reach a person."""

from actions.base import CapabilityAction


class About(CapabilityAction):
    """Answer plainly what this is and who can read it."""

    action = "action_about"


class Source(CapabilityAction):
    """Name the source of what was said last."""

    action = "action_source"


class ReachPerson(CapabilityAction):
    """Name ways to a real person."""

    action = "action_reach_person"
