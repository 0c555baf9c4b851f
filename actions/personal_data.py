"""What belongs to the person: export, forget, delete, the journey, and what they consent to."""

from actions.base import CapabilityAction


class PersonalData(CapabilityAction):
    """Give, forget or delete what belongs to the person."""

    action = "action_personal_data"


class Consent(CapabilityAction):
    """Share with a practitioner, allow training, see who read."""

    action = "action_consent"
