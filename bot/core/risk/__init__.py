"""The risk screen: two independent judges over every text, and the level of the conversation."""
