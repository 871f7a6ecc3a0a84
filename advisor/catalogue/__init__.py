"""Tables of AWS in, prices and Regions as values out. Nothing here knows a workload."""
