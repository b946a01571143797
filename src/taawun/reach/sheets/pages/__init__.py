"""The pages of sheets: a list in hand becomes needs, offers or people; and everything here becomes tables."""
