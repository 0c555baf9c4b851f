"""How many tokens a key has left; each way of sharing keeps them somewhere else."""

from typing import Tuple

MINUTE = 60.0


def spend(left: float, since: float, now: float, per_minute: int) -> Tuple[float, float]:
    """Take a token from a bucket that held `left` at `since` (seconds): what is left now, and the seconds to wait for one.

    A bucket holds at most `per_minute` tokens and is refilled evenly; a clock set back gives nothing.
    """
    capacity = float(per_minute)
    left = min(capacity, left + max(0.0, now - since) * capacity / MINUTE)
    return (left - 1.0, 0.0) if left >= 1.0 else (left, (1.0 - left) * MINUTE / capacity)
