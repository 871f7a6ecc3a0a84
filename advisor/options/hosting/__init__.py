"""Several models, or the containers of one, in; the way they are hosted, and its plan, out."""
