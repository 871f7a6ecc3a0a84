"""Compare answers: options side by side, a swept key, two revisions."""
