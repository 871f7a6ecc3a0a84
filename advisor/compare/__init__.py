"""Several answers in, their differences out: options side by side, a swept key, two revisions."""
