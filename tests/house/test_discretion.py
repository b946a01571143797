"""The log names pages, not addresses; and who asks by a foreign name is refused by a page, not by an error."""

import logging

import pytest
from django.test import Client

from taawun.house.discretion import Discreet

TOKEN = "AaH8lcfbcZOitf-1jZFYgcHsf2iO3Mh0OdfiIxl-LfI"


def said(caplog: pytest.LogCaptureFixture) -> list[str]:
    """What the console would have printed."""
    discreet = Discreet()
    return [record.getMessage() for record in caplog.records if discreet.filter(record)]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("method", "path", "page"),
    [
        ("put", f"/sign-in/link/{TOKEN}/", "/sign-in/link/<str:token>/"),
        ("get", f"/c/حارة/join/{TOKEN}/", "/c/<str:slug>/join/<str:secret>/"),
        ("get", f"/nowhere/{TOKEN}/?of={TOKEN}", "an address that leads nowhere"),
    ],
)
def test_no_link_that_signs_somebody_in_reaches_the_log(
    caplog: pytest.LogCaptureFixture, method: str, path: str, page: str
) -> None:
    with caplog.at_level(logging.WARNING):
        response = getattr(Client(raise_request_exception=False), method)(path)
    assert 400 <= response.status_code < 500
    lines = said(caplog)
    assert lines
    assert not any(TOKEN in line for line in lines)
    assert any(page in line for line in lines)


@pytest.mark.django_db
def test_a_form_without_its_proof_of_origin_does_not_write_its_address_down(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        response = Client(enforce_csrf_checks=True).post(f"/sign-in/link/{TOKEN}/")
    assert response.status_code == 403
    lines = said(caplog)
    assert lines
    assert not any(TOKEN in line for line in lines)


@pytest.mark.django_db
@pytest.mark.parametrize("host", ["evil.example", "localhost@evil.example", ""])
@pytest.mark.parametrize("path", ["/", "/sign-in/", "/nowhere/"])
def test_a_foreign_host_name_is_a_bad_request_of_one_line(
    caplog: pytest.LogCaptureFixture, host: str, path: str
) -> None:
    with caplog.at_level(logging.WARNING):
        response = Client(raise_request_exception=False).get(path, headers={"host": host})
    assert response.status_code == 400
    lines = said(caplog)
    assert lines
    assert all(record.exc_info is None for record in caplog.records)
