"""Taawun: the software a mutual aid network runs on."""
