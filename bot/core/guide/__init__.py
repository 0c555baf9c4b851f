"""The arc of a session as plain code: what is heard and where the talk stands decide what is said next.

Each module is one capability with functions that take a `Turn` and let it say something; nothing here knows a channel,
a database or Rasa. The states and what leads from one to the next are drawn in docs/developers/arc.md.
"""
