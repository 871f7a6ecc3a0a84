"""Turn a workload and a rulebook into a decision: facts, verdicts and changes of the answer."""
