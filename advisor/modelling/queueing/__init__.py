"""Closed forms for waiting, cold starts, scaling and jobs: numbers in, numbers out.

Times are seconds and rates are per second unless a name says otherwise. Nothing here knows a price,
a limit of the service or a workload file. ``validity`` says where a form may be trusted; callers
ask it before they print a number.
"""
