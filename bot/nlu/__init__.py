"""Rasa graph components: thin translations between Rasa's messages and `bot.core`. Kept light: see the stand-in module."""
