"""Configurations in, findings out (``sm-advise check``): every dialect, one set of rules.

The way of a file: ``discover`` → a reader (``requests``, ``cloudformation``, ``terraform``, …)
→ ``document.Resource`` in the shape of the AWS API → ``judge`` → ``finding.Finding`` → waivers and
baseline. ``run.check`` is the whole of it.
"""
