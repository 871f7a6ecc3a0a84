"""A release in, its deployment configuration with steps, waits and alarms out."""
