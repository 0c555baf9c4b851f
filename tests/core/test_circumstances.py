"""What a few plain words tell of a life, and which passages then do not fit."""

from datetime import datetime, timezone
from pathlib import Path

import pytest

from bot.core.conversation import Heard
from bot.core.guide import circumstances
from bot.core.guide.turn import State, Turn
from bot.core.library import load

LIBRARY = load(Path(__file__).resolve().parents[2] / "data")


@pytest.mark.parametrize(
    "text", ["i can't pay the rent", "rent is overdue", "we have nothing to eat", "the fridge is empty until friday"]
)
def test_having_no_money_is_noticed_also_where_the_word_is_not_said(text: str) -> None:
    assert circumstances.NO_MONEY in circumstances.mentioned(text)


@pytest.mark.parametrize(
    "text", ["i had nothing to say at dinner", "i have nothing to eat because i forgot to shop", "my heart is empty"]
)
def test_other_lacks_are_no_want_of_money(text: str) -> None:
    assert circumstances.NO_MONEY not in circumstances.mentioned(text)


def test_a_passage_that_presumes_money_to_put_aside_is_not_for_who_has_none() -> None:
    passages = list(LIBRARY.reflections.values())
    now = datetime.now(timezone.utc)
    turn = Turn(LIBRARY, None, Heard("rent is overdue", "theme"), State(circumstances=["no_money"]), now)  # type: ignore[arg-type]
    fitting = {one.id for one in circumstances.suited(turn, passages)}
    assert "i.financial_management.2" not in fitting
    assert len([one for one in passages if one.id in fitting and "money_worries" in one.themes]) >= 4
    turn.state.circumstances = []
    assert len(circumstances.suited(turn, passages)) == len(passages)
