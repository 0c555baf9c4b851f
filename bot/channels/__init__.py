"""Where people meet it. A channel carries text and replies; it decides nothing."""
