"""The files of rules/ in, a ``Rulebook`` out: compiled once, resolved for a limits mode."""
