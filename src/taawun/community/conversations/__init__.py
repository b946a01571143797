"""Conversations: what people say to each other about one thing, read by those on it only."""
