"""Small values every room uses: ids, places and their cells, states, refusals, the scope of a transaction."""
