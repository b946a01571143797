"""Row-level security over conversations and notes."""

from django.db import migrations

from taawun.ground.values.tenancy import protect


class Migration(migrations.Migration):
    dependencies = [("conversations", "0001_initial"), ("values", "0001_functions")]

    operations = [
        protect("conversations_thread"),
        protect("conversations_message"),
        protect("conversations_presence"),
        protect("conversations_note"),
    ]
