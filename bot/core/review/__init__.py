"""What the practitioner's room computes: order, marking, redaction, agreement, training examples, comparison."""
