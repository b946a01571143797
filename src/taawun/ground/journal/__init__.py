"""What happened: append-only entries, hash-chained per circle. Everything that tells somebody reads it."""
