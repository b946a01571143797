"""The HTTP API: one object that gathers the rooms' operations, and what holds for all of them (errors, keys, document)."""
