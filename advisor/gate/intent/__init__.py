"""Workloads and the configurations that were made for them → findings: does each still fit."""
