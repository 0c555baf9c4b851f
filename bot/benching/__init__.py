"""`interlude bench`: what a turn costs, beside a stock assistant. Modules here import the engine only where they run it."""
