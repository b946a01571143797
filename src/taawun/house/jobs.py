"""The house's own duties: the backup of the day, and a note of the disk from which its pace is known."""

import logging
import shutil
from datetime import datetime

from django.conf import settings

from taawun.ground.jobs import signs
from taawun.ground.jobs.duties import HOURLY, duty
from taawun.ground.jobs.models import Sign
from taawun.house import wellness
from taawun.house.backup import keeping
from taawun.house.trouble import Trouble

logger = logging.getLogger("taawun.house")


@duty("house.keep_backups", HOURLY)
def keep_backups(now: datetime) -> int:
    """Make today's backup. The look at the folder of backups finds a missing one, so a failure is told by itself."""
    try:
        made = keeping.keep(settings.CONFIG, now=now)
    except (Trouble, OSError) as error:
        logger.warning("no backup was made: %s", error)
        return 0
    return 0 if made is None else 1


@duty("house.look_at_the_disk", HOURLY)
def look_at_the_disk(now: datetime) -> int:
    known = Sign.objects.filter(name="disk").values_list("note", flat=True).first()
    free = shutil.disk_usage(settings.CONFIG.data).free
    signs.remember("disk", wellness.note_disk(known or "", free, now=now), now=now)
    return 1
