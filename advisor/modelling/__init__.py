"""Numbers in, numbers out: queueing, starts, latency, models. It knows no price and no file."""
