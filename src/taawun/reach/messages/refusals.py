"""The sentences of this room's refusals."""

from django.utils.translation import gettext_lazy as _

from taawun.ground.values import refusal

refusal.register({"link.ended": _("This link is not valid any more. Sign in to see what is yours.")})
