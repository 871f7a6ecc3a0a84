"""Text in, values with their places out, and values back as text: YAML, quantities, money."""
