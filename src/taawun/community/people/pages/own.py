"""What every page of one's own account does first."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django.http import HttpRequest, HttpResponseBase

from taawun.community.people.doors import account_of
from taawun.community.people.models import Account
from taawun.ground.values.refusal import Refusal

Parameters = ParamSpec("Parameters")
View = Callable[Concatenate[HttpRequest, Account, Parameters], HttpResponseBase]


def own_page(view: View[Parameters]) -> Callable[..., HttpResponseBase]:
    """Make a view of one's own account: ``view(request, account, …)``; a visitor is asked to sign in."""

    @wraps(view)
    def opened(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        account = account_of(request)
        if account is None:
            raise Refusal("sign_in_first", status=401)
        response = view(request, account, *args, **kwargs)
        response.headers.setdefault("Cache-Control", "private, no-store")
        return response

    return opened
