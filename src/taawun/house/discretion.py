"""What the log may say of a request: which page it was, never its address. Addresses hold links that sign people in."""

import logging

from django.http import HttpRequest


class Discreet(logging.Filter):
    """Puts a page's route in the place of its address, and leaves out the traces of what any stranger can cause."""

    def filter(self, record: logging.LogRecord) -> bool:
        request = getattr(record, "request", None)
        if isinstance(request, HttpRequest) and isinstance(record.args, tuple):
            # Django escapes what it puts into the log, so both ways of writing an address have to be known.
            known = {way for path in (request.path, request.get_full_path()) for way in (path, _escaped(path))}
            record.args = tuple(_route(request) if one in known else one for one in record.args)
        if record.name.startswith("django.security."):
            # A stranger's nonsense is one line, not forty: the trace leads nowhere but into Django.
            record.exc_info = None
        return True


def _escaped(text: str) -> str:
    return text.encode("unicode_escape").decode("ascii")


def _route(request: HttpRequest) -> str:
    """Return the pattern a request was matched by, such as ``sign-in/link/<str:token>/``."""
    match = request.resolver_match
    return f"/{match.route}" if match is not None else "an address that leads nowhere"
