"""Usage and the prices of a Region in, the cost of a month out, line by line; prices refreshed."""
