"""The hand-off to measurement: a load test's result in place of what was stated or assumed."""
