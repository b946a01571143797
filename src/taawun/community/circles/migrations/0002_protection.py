"""Row-level security over what belongs to a circle. A person sees her own memberships in every circle."""

from django.db import migrations

from taawun.ground.values.tenancy import protect


class Migration(migrations.Migration):
    dependencies = [("circles", "0001_initial"), ("values", "0001_functions")]

    operations = [
        protect("circles_area"),
        protect("circles_membership", own="agent_id"),
        protect("circles_representative"),
        protect("circles_invitation"),
    ]
