"""A QR code as a picture of its own: nothing of it is kept, and no page has to hold it."""

from io import BytesIO

import segno
from django.http import HttpResponse


def picture(text: str) -> HttpResponse:
    """Answer with the code of a text. Dark on white in both looks of the page: a camera reads no other."""
    out = BytesIO()
    segno.make(text, error="m", micro=False).save(out, kind="svg", scale=4, border=4, light="#fff", xmldecl=False)
    response = HttpResponse(out.getvalue(), content_type="image/svg+xml")
    response.headers["Cache-Control"] = "private, no-store"
    return response
