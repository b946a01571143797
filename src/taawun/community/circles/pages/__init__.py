"""The pages of circles: the start, joining, members, settings, the record."""
