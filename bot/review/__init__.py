"""The practitioner's room: server-rendered pages on what people chose to share."""
