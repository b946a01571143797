"""Who can help whom: scores for one pair, the nearest candidates, and the best plan for a whole board."""
