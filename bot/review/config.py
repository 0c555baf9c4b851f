"""What the room needs to know of the installation."""

from dataclasses import dataclass
from pathlib import Path

from bot.core.review.loop import Floors
from bot.settings import Secret

# What the shipped model keeps on `data/eval` (tests/test_floors.py holds it to the same); no candidate may fall below.
FLOORS = Floors({"top1_hit": 0.70, "micro_f1": 0.65, "none_silence": 0.90}, risk_recall=0.76, risk_alarms=0.17)


@dataclass(frozen=True)
class ReviewSettings:
    """Settings of the room.

    `data` is the project's data folder; `work` takes exported examples; `secret` (32 characters or more) signs CSRF
    tokens. `second_factor_for_all` asks everybody, not only admins, for a code. A session ends after `idle_minutes`
    without a request and after `session_hours` at the latest. `staff_read_at_risk` and `practitioner_mode` come from
    the profile. `https` marks cookies as secure. `floors` are what a candidate must reach.
    """

    data: Path
    work: Path
    secret: Secret
    second_factor_for_all: bool = False
    idle_minutes: float = 30.0
    session_hours: float = 10.0
    staff_read_at_risk: bool = False
    practitioner_mode: bool = True
    https: bool = False
    floors: Floors = FLOORS
