"""A load test's result in, a workload out that holds its figures in place of guesses."""
