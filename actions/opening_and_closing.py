"""Hello, thanks and goodbye."""

from actions.base import CapabilityAction


class Greet(CapabilityAction):
    """Say hello; on return, ask how the agreed step went."""

    action = "action_greet"


class Thanks(CapabilityAction):
    """Take thanks lightly."""

    action = "action_thanks"


class Close(CapabilityAction):
    """Accept a goodbye at once."""

    action = "action_close"
