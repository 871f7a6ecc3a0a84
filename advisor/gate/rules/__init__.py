"""A configuration → findings: the service model, the checks as data, the predicates in Python."""
