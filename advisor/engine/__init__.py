"""A workload and a rulebook in, a decision out: facts, verdicts, and what would move the answer."""
