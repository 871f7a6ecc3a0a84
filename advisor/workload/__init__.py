"""A file in, a ``Workload`` with every place out, or every reason why it cannot be read."""

from advisor.workload.read import read_file, read_workloads

__all__ = ["read_file", "read_workloads"]
