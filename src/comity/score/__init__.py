"""How far answers were right: what a model said of a measure, beside what happened."""
