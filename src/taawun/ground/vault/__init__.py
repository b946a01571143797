"""Personal data, sealed. The only way in is ``reveal``: who looks, at what, and why."""
