"""Workloads and their configurations → findings: does each answer, each configuration still fit."""
