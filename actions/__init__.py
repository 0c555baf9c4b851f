"""Custom actions, one short module per capability. Each translates, calls one function of `bot.core.guide`, reports."""
