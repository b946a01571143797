"""The live stream: pages that are open hear what happened in their circle, as topics and ids and never as content."""
