"""Configurations in, findings out (``sm-advise check``): every dialect, one set of rules.

``run.check`` is the whole of it: ``settings.CheckOptions`` → files (``configuration``) → answers
of workloads (``intent``) → documents and their findings (``configurations``, ``rules``) → model
archives (``archive``) → what fits its workload (``intent``) → what people accept (``policy``) →
``run.CheckReport``.
"""
