"""AWS's service model as values: shapes, spelling, and what moved since it was compiled."""
