"""What goes wrong before any room is reached is answered by a page with the right status, never by an error of our own."""

import pytest
from django.test import Client, RequestFactory

from taawun.ground.site.pages import server_error

TOO_MANY_FIELDS = b"a=1&" * 2000
NO_BOUNDARY = "multipart/form-data"
FORM = "application/x-www-form-urlencoded"


@pytest.mark.django_db
@pytest.mark.parametrize(("body", "content_type"), [(TOO_MANY_FIELDS, FORM), (b"", NO_BOUNDARY), (b"x", NO_BOUNDARY)])
@pytest.mark.parametrize(
    ("path", "status"), [("/nowhere/", 404), ("/c/nowhere/", 403), ("/sign-in/", 403), ("/follow/", 403)]
)
def test_a_form_that_cannot_be_read_is_refused_wherever_it_is_sent(
    path: str, status: int, body: bytes, content_type: str
) -> None:
    client = Client(raise_request_exception=False, enforce_csrf_checks=True)
    response = client.post(path, data=body, content_type=content_type)
    # A form of too many fields is refused as such, one without a boundary for the missing proof of origin.
    assert response.status_code in {status, 400}
    assert b"<h1>" in response.content


def test_our_own_fault_has_a_page_whatever_was_sent() -> None:
    response = server_error(RequestFactory().post("/", data=b"x", content_type=NO_BOUNDARY))
    assert response.status_code == 500
    assert b"<h1>" in response.content
