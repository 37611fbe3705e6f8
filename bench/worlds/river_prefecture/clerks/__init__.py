"""How each agency writes its list."""
