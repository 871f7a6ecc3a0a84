"""Python in, requests out: what a program or notebook says of calls, without running any of it."""
