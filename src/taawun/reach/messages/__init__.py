"""Telling people what happened: a notice in the program, and an e-mail where they gave an address."""
