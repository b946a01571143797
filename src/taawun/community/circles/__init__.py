"""Groups with their own rules: who belongs, in which role, what their words and places are."""
