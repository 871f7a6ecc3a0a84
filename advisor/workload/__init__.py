"""Read workload files: stated values with their places, or every error."""

from advisor.workload.read import read_file, read_workloads

__all__ = ["read_file", "read_workloads"]
