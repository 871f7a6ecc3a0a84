"""Tables of AWS as values: price snapshots and Regions. Nothing here knows a workload."""
