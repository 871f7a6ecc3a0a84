"""A configuration → findings: the service model, checks as data, and predicates in Python."""
