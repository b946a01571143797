"""The sentences of this room's refusals."""

from django.utils.translation import gettext_lazy as _

from taawun.ground.values import refusal

refusal.register(
    {
        "picture.empty": _("This picture has nothing in it. Please choose another one."),
        "picture.unknown": _("This is not a picture we can read. Please send a photo as JPEG, PNG, WebP or GIF."),
        "picture.heic": _(
            "This photo is in the HEIC form, which most phones cannot show. Please send it as JPEG: on an iPhone choose"
            " “Most compatible” under Camera, Formats, or send a screenshot of it."
        ),
        "picture.svg": _("Drawings made of code (SVG) are not taken. Please send a photo or a screenshot instead."),
        "picture.broken": _("This picture is damaged or not whole. Please send it again, or a screenshot of it."),
        "picture.too_large": _(
            "This picture has too many dots. At most %(megapixels)s million are possible: please send a smaller one."
        ),
        "picture.too_many_bytes": _("This file is too large. A picture may have at most %(megabytes)s MB."),
        "upload.too_large": _("This is too much to send at once. A file may have at most %(megabytes)s MB."),
        "voice.empty": _("There is no sound in this voice note. Please record it again."),
        "voice.silent": _("There is no sound in this file. Please send a recording of a voice."),
        "voice.unknown": _("This is not a recording we can read. Please send one made with your phone's recorder."),
        "voice.broken": _("This recording is damaged or not whole. Please record it again."),
        "voice.too_long": _("This recording is too long. At most %(seconds)s seconds are possible: please say it in two."),
        "voice.too_many_bytes": _("This file is too large. A recording may have at most %(megabytes)s MB."),
    }
)
