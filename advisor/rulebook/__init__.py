"""The rules as the engine uses them: read, compiled once, resolved for a limits mode."""
