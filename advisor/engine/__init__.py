"""A workload and a rulebook in, a decision out: facts, verdicts and changes of the answer."""
