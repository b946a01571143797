"""The outside world, both directions. It follows the journal: nobody calls it to send something."""
