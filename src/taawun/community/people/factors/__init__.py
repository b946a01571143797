"""What somebody has beside an address and a password: passkeys, an app that shows codes, codes on paper.

These are actions as those in ``actions.py``: the only code that writes these tables.
"""
