"""Findings → findings with a status: waivers, the baseline, the lock of answers, the triage."""
