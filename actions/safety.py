"""Danger before anything else."""

from actions.base import CapabilityAction


class Safety(CapabilityAction):
    """Answer danger, or the answer to a question about safety."""

    action = "action_safety"


class SetCountry(CapabilityAction):
    """Learn the country and show its numbers."""

    action = "action_country"
