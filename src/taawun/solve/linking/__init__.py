"""Whether two records are of the same person, from names, phones, places and dates, with the reason."""
