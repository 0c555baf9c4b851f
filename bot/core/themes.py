"""The names that code, training data, domain and evaluations share."""

from typing import Dict, Tuple

AREAS: Dict[str, Tuple[str, ...]] = {
    "reaching out": (
        "needing_help",
        "feeling_like_a_burden",
        "fear_of_owing",
        "fear_of_being_let_down",
        "fear_of_seeming_weak",
        "fear_of_losing_control",
    ),
    "carrying it alone": (
        "doing_it_all_alone",
        "exhaustion",
        "feeling_unseen",
        "guilt_about_rest",
        "learned_self_reliance",
    ),
    "connection": ("loneliness", "letting_others_in", "boundaries", "losing_myself_in_relationships"),
    "standing on my own": (
        "wanting_autonomy",
        "self_doubt",
        "setbacks",
        "hard_decisions",
        "identity_and_purpose",
    ),
    "daily life": ("money_worries", "work_pressure", "learning_and_growth", "stress_and_self_care"),
    "society": ("others_expectations", "speaking_up", "raising_independence"),
    "balance": ("balance_of_independence",),
}
THEMES: Tuple[str, ...] = tuple(theme for themes in AREAS.values() for theme in themes)

MOVES: Tuple[str, ...] = (
    "greeting",
    "goodbye",
    "affirm",
    "deny",
    "next",
    "back",
    "repeat",
    "skip",
    "pause",
    "stop",
    "thanks",
    "not_it",
    "tell_me_more",
    "rating",
    "ask_technique",
    "ask_human",
    "bot_challenge",
    "ask_source",
    "ask_why",
    "what_can_you_do",
    "privacy_question",
    "export_data",
    "delete_data",
    "forget_that",
    "change_country",
    "journey",
)

# Messages of a conversation that are neither a theme nor a move.
TALK: Tuple[str, ...] = ("other_feeling", "too_vague", "just_talking")
OUT_OF_SCOPE = "out_of_scope"
RISK = "risk"

KINDS: Tuple[str, ...] = (*MOVES, *TALK, OUT_OF_SCOPE)
