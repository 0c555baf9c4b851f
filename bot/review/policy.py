"""Who may do what: one function a verb. What has no function is not allowed."""

from dataclasses import dataclass
from enum import Enum
from typing import Any, Callable, Dict, Iterable


class Role(str, Enum):
    """Practitioners and leads read and decide; admins keep accounts and models and read nobody's words."""

    practitioner = "practitioner"
    lead = "lead"
    admin = "admin"


@dataclass(frozen=True)
class Reviewer:
    """Somebody who is signed in."""

    id: int
    name: str
    role: Role


def see_queue(who: Reviewer, _: Any) -> bool:
    """Everybody sees what waits; of what is not shared only level, kind and time."""
    return True


def see_overview(who: Reviewer, _: Any) -> bool:
    """Counts without words."""
    return True


def read_shared(who: Reviewer, _: Any) -> bool:
    """Read what a person shared, partly redacted."""
    return _reads(who)


def read_unredacted(who: Reviewer, _: Any) -> bool:
    """Read it without redaction."""
    return who.role is Role.lead


def read_brief(who: Reviewer, _: Any) -> bool:
    """Open the page on one person's shared conversations."""
    return _reads(who)


def decide(who: Reviewer, _: Any) -> bool:
    """Correct themes, confirm or overrule a level, judge a reply."""
    return _reads(who)


def note(who: Reviewer, _: Any) -> bool:
    """Write notes and flags."""
    return _reads(who)


def see_others_decisions(who: Reviewer, has_decided: bool) -> bool:
    """Reviewers are independent: others' decisions show once one's own is made; a lead sees them to adjudicate."""
    return who.role is Role.lead or (_reads(who) and has_decided)


def adjudicate(who: Reviewer, parties: Iterable[int]) -> bool:
    """Settle a disagreement, as long as it is not one's own."""
    return who.role is Role.lead and who.id not in parties


def take(who: Reviewer, _: Any) -> bool:
    """Take a conversation, save it for later, mark it reviewed."""
    return _reads(who)


def assign_others(who: Reviewer, _: Any) -> bool:
    """Give a conversation to somebody else."""
    return who.role is Role.lead


def sign_off(who: Reviewer, deciders: Any) -> bool:
    """Sign a reviewed conversation off, or open it again; not where oneself alone decided."""
    return who.role is Role.lead and set(deciders or ()) != {who.id}


def see_models(who: Reviewer, _: Any) -> bool:
    """See models and how a candidate compares. Messages are named by id only."""
    return who.role in (Role.lead, Role.admin)


def train_candidate(who: Reviewer, _: Any) -> bool:
    """Export approved corrections and train on them."""
    return who.role in (Role.lead, Role.admin)


def promote(who: Reviewer, recall_fell: bool) -> bool:
    """Let a candidate take over; where risk recall fell, only a lead (with a reason)."""
    return who.role is Role.lead or (who.role is Role.admin and not recall_fell)


def discard(who: Reviewer, _: Any) -> bool:
    """Put a candidate away."""
    return who.role in (Role.lead, Role.admin)


def roll_back(who: Reviewer, _: Any) -> bool:
    """Go back to an earlier model."""
    return who.role in (Role.lead, Role.admin)


def see_library(who: Reviewer, _: Any) -> bool:
    """Browse the library and how its entries were received."""
    return True


def edit_library(who: Reviewer, _: Any) -> bool:
    """Write drafts."""
    return _reads(who)


def see_inbox(who: Reviewer, _: Any) -> bool:
    """Read what reviewers would have said instead."""
    return _reads(who)


def approve_library(who: Reviewer, author: Any) -> bool:
    """Approve a draft that somebody else wrote."""
    return who.role is Role.lead and who.id != author


def manage_accounts(who: Reviewer, _: Any) -> bool:
    """See accounts and end them."""
    return who.role is Role.admin


def _reads(who: Reviewer) -> bool:
    return who.role in (Role.practitioner, Role.lead)


VERBS: Dict[str, Callable[[Reviewer, Any], bool]] = {
    function.__name__: function
    for function in (
        see_queue,
        see_overview,
        read_shared,
        read_unredacted,
        read_brief,
        decide,
        note,
        see_others_decisions,
        adjudicate,
        take,
        assign_others,
        sign_off,
        see_models,
        train_candidate,
        promote,
        discard,
        roll_back,
        see_library,
        edit_library,
        see_inbox,
        approve_library,
        manage_accounts,
    )
}


def may(who: Reviewer, verb: str, what: Any = None) -> bool:
    """Whether this reviewer may do this; False for a verb nobody wrote a function for."""
    function = VERBS.get(verb)
    return function is not None and function(who, what)
