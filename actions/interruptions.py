"""What the bot cannot use."""

from actions.base import CapabilityAction


class Outside(CapabilityAction):
    """Lead back kindly."""

    action = "action_outside"
