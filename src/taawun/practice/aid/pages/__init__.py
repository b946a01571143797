"""The doors of aid in the browser: the board and lists, posting, one intent, one commitment, and following a receipt."""
