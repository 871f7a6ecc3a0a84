"""Files in, resources in the API's shape out, each value with its place; nothing is judged here."""
