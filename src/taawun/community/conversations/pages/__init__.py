"""The pages of conversations and of notes."""
