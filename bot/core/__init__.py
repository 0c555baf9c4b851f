"""Everything interlude *is*, in plain Python: no Rasa, no web framework, no SQLAlchemy."""
