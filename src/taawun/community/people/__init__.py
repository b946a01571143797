"""Persons, organisations and households; how they sign in; what they consented to."""
