"""Tables in, prices, Regions and models as values out. Nothing here knows a workload."""
