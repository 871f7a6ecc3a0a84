"""Workload files: what the user said, and where, or every reason why it cannot be read."""

from advisor.workload.read import read_file, read_workloads

__all__ = ["read_file", "read_workloads"]
