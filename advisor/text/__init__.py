"""Read the text of a file into nodes with places; no rule has judged them."""
