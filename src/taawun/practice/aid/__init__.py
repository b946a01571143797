"""The first loop: somebody needs or offers something, they agree, it happens, and it is on the record."""
