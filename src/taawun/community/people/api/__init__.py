"""The API's common furniture (who calls, what a body and an answer look like), and the operations on one's own account."""
