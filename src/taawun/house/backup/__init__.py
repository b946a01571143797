"""One file that holds a whole installation, sealed for the operator alone, and the way back from it.

`recovery.py` is the code on paper; `sealing.py` the encrypted stream; `making.py` writes a backup, `restoring.py` brings one
back, `proving.py` shows that what came back is whole; `keeping.py` makes one a day and throws old ones away.
"""
