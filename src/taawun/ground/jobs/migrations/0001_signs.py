"""The table of signs of life. It holds nothing of anybody and belongs to no circle."""

from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True
    dependencies: list[tuple[str, str]] = []
    operations = [
        migrations.CreateModel(
            name="Sign",
            fields=[
                ("name", models.CharField(max_length=40, primary_key=True, serialize=False)),
                ("well_at", models.DateTimeField(null=True)),
                ("ill_at", models.DateTimeField(null=True)),
                ("note", models.TextField(blank=True, default="")),
            ],
        )
    ]
