"""Terraform folders, plans and states in, their resources in each scenario of variables out."""
