"""A view of a resource → faults: what a condition of ``rules/checks`` cannot say."""
