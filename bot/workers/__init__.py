"""What the workers of one installation share: the order of turns, rates, and news. See `open_shared`."""
