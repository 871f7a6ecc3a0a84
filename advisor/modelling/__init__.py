"""Numbers in, numbers out: queueing, start times and latency. It knows no price and no file."""
