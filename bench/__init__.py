"""How fast sm-advise is, as whole processes beside a baseline in the same run."""
