"""Configurations and workloads → findings: ``sm-advise check``.

``run.check`` is the whole of it: ``settings.CheckOptions`` → files (``configuration``) → answers
of workloads (``intent``) → documents and their findings (``configurations``, ``rules``) → model
archives (``archive``) → what fits its workload (``intent``) → what people accept (``policy``) →
``run.CheckReport``.
"""
