"""Handing a picture or a voice note to a browser, and taking one in, with as little trust as both deserve."""

import re
from io import BytesIO
from typing import Final

from django.core.files.uploadedfile import InMemoryUploadedFile, UploadedFile
from django.core.files.uploadhandler import FileUploadHandler
from django.http import HttpRequest, HttpResponse

from taawun.ground.media import kinds
from taawun.ground.media.making import BYTES_MAX, too_many_bytes
from taawun.ground.values.refusal import Refusal

ENDINGS: Final = {"image/jpeg": "jpg", "audio/ogg": "ogg"}
# A file of its own, without scripts, frames or a way to load anything, also where somebody opens its address.
POLICY: Final = "default-src 'none'; media-src 'self'; style-src 'unsafe-inline'; sandbox"
_RANGE = re.compile(r"bytes=(\d{0,12})-(\d{0,12})", re.ASCII)
# What is too large is read and dropped, so that the page can say so beside what was typed; this much is not even read.
FORM_BYTES_MAX: Final = 64_000_000


def respond(request: HttpRequest, content: bytes, mime: str) -> HttpResponse:
    """Return the bytes for the one who asked, whole or the part asked for (Safari plays no sound without parts)."""
    # Neither shrinks any further, and a part of a compressed answer would be nonsense.
    request.META["HTTP_ACCEPT_ENCODING"] = "identity"
    asked = request.headers.get("Range", "")
    first, last = _part(asked, len(content)) or (0, len(content) - 1)
    if first > last:
        response = HttpResponse(status=416, headers={"Content-Range": f"bytes */{len(content)}"})
    elif _part(asked, len(content)):
        response = HttpResponse(content[first : last + 1], status=206, content_type=mime)
        response.headers["Content-Range"] = f"bytes {first}-{last}/{len(content)}"
    else:
        response = HttpResponse(content, content_type=mime)
    response.headers["Accept-Ranges"] = "bytes"
    response.headers["Content-Length"] = str(len(response.content))
    response.headers["Content-Disposition"] = f'inline; filename="taawun.{ENDINGS.get(mime, "bin")}"'
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["Content-Security-Policy"] = POLICY
    response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    return response


def _part(asked: str, size: int) -> tuple[int, int] | None:
    """Return the first and last byte asked for; None where nothing or nonsense is asked, which gets all of them."""
    found = _RANGE.fullmatch(asked)
    if found is None or not (found[1] or found[2]):
        return None
    if not found[1]:
        return max(0, size - int(found[2])), size - 1 if int(found[2]) else -1
    return int(found[1]), min(int(found[2]), size - 1) if found[2] else size - 1


class InMemory(FileUploadHandler):
    """Takes the files of one form into memory and never onto the disk; one that is too large is dropped, and said so.

    ``request.too_large`` holds the names of the fields whose files were too large.
    """

    def __init__(self, request: HttpRequest) -> None:
        super().__init__(request)
        request.too_large = set()  # type: ignore[attr-defined]
        self.chunks: list[bytes] = []
        self.size = 0

    def new_file(self, *arguments: object, **named: object) -> None:
        super().new_file(*arguments, **named)  # type: ignore[arg-type]
        self.chunks, self.size = [], 0

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        self.size += len(raw_data)
        if self.size > BYTES_MAX.get(self.field_name or "", 0):
            self.chunks.clear()
        else:
            self.chunks.append(raw_data)

    def file_complete(self, file_size: int) -> "UploadedFile[bytes] | None":
        if self.size > BYTES_MAX.get(self.field_name or "", 0):
            self.request.too_large.add(self.field_name)  # type: ignore[union-attr]
            return None
        content = BytesIO(b"".join(self.chunks))
        return InMemoryUploadedFile(content, self.field_name, self.field_name or "file", None, self.size, None)


def take_in(request: HttpRequest) -> None:
    """Let this request bring a picture and a voice note. To be called before anything reads its form."""
    if int(request.META.get("CONTENT_LENGTH") or 0) > FORM_BYTES_MAX:
        raise Refusal("upload.too_large", status=413, megabytes=BYTES_MAX[kinds.PICTURE] // 1_000_000)
    request.upload_handlers = [InMemory(request)]


def uploaded(request: HttpRequest, kind: str) -> bytes | None:
    """Return the file in the field named after the kind; None where none was chosen. Too large is a refusal."""
    if kind in getattr(request, "too_large", ()):
        raise too_many_bytes(kind)
    file = request.FILES.get(kind)
    if not isinstance(file, UploadedFile) or not file.size:
        return None
    return bytes(file.read())
