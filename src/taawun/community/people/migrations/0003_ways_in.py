"""Sessions that belong to an account and are stored under a keyed hash; passkeys, apps with codes, codes on paper.

Who is signed in stays so: for somebody without an address the browser is the only key.
"""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.utils import timezone

from taawun.community.people.sessions import SessionStore, index_of
from taawun.ground.values.ids import new_id


def take_over(apps, schema_editor) -> None:
    """Bring the living sessions along. The old rows held keys anybody could have used, so they go."""
    old, new = apps.get_model("sessions", "Session"), apps.get_model("people", "Session")
    accounts = {str(one) for one in apps.get_model("people", "Account").objects.values_list("pk", flat=True)}
    for row in old.objects.filter(expire_date__gt=timezone.now()).iterator():
        account_id = str(SessionStore().decode(row.session_data).get("_auth_user_id", ""))
        new.objects.create(
            session_key=index_of(row.session_key),
            session_data=row.session_data,
            expire_date=row.expire_date,
            account_id=account_id if account_id in accounts else None,
        )
    old.objects.all().delete()


class Migration(migrations.Migration):
    dependencies = [("people", "0002_sessions"), ("sessions", "0001_initial")]

    operations = [
        migrations.AddField("account", "exit_to", models.CharField(blank=True, max_length=12)),
        migrations.AddField("account", "second_factor_since", models.DateTimeField(null=True)),
        migrations.AddField("account", "way_back_asked_at", models.DateTimeField(null=True)),
        migrations.AddField("apitoken", "is_strong", models.BooleanField(default=False)),
        migrations.CreateModel(
            name="Challenge",
            fields=[
                ("id", models.UUIDField(default=new_id, editable=False, primary_key=True, serialize=False)),
                ("expires_at", models.DateTimeField(db_index=True)),
                ("account", models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name="CodeApp",
            fields=[
                ("id", models.UUIDField(default=new_id, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField()),
                ("confirmed_at", models.DateTimeField(null=True)),
                ("last_step", models.BigIntegerField(default=0)),
                ("account", models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name="code_app", to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name="PaperCode",
            fields=[
                ("id", models.UUIDField(default=new_id, editable=False, primary_key=True, serialize=False)),
                ("digest", models.BinaryField(max_length=32, unique=True)),
                ("created_at", models.DateTimeField()),
                ("used_at", models.DateTimeField(null=True)),
                ("account", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="paper_codes", to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name="Passkey",
            fields=[
                ("id", models.UUIDField(default=new_id, editable=False, primary_key=True, serialize=False)),
                ("name", models.CharField(max_length=60)),
                ("credential_id", models.BinaryField(unique=True)),
                ("public_key", models.BinaryField()),
                ("sign_count", models.BigIntegerField(default=0)),
                ("created_at", models.DateTimeField()),
                ("last_used_on", models.DateField(null=True)),
                ("account", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="passkeys", to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name="Session",
            fields=[
                ("session_data", models.TextField(verbose_name="session data")),
                ("expire_date", models.DateTimeField(db_index=True, verbose_name="expire date")),
                ("session_key", models.CharField(max_length=64, primary_key=True, serialize=False)),
                ("account", models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name="sessions", to=settings.AUTH_USER_MODEL)),
            ],
            options={"verbose_name": "session", "verbose_name_plural": "sessions", "abstract": False},
        ),
        migrations.RunPython(take_over, migrations.RunPython.noop),
    ]
