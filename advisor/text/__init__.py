"""Text of a file in, nodes with places out: what stands there, judged by no rule yet."""
