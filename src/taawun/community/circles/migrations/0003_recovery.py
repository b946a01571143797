"""Coming in anew when every way in is lost, and since when a role asks for a second factor."""

import django.db.models.deletion
from django.db import migrations, models

import taawun.ground.values.ids


class Migration(migrations.Migration):

    dependencies = [
        ('circles', '0002_protection'),
        ('people', '0003_ways_in'),
    ]

    operations = [
        migrations.AddField(
            model_name='membership',
            name='second_factor_asked_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.CreateModel(
            name='Recovery',
            fields=[
                ('id', models.UUIDField(default=taawun.ground.values.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('state', models.CharField(default='asked', max_length=10)),
                ('asked_at', models.DateTimeField()),
                ('expires_at', models.DateTimeField()),
                ('opens_at', models.DateTimeField(null=True)),
                ('ended_at', models.DateTimeField(null=True)),
                ('agent', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='people.agent')),
                ('circle', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to='circles.circle')),
            ],
        ),
        migrations.CreateModel(
            name='Vouch',
            fields=[
                ('id', models.UUIDField(default=taawun.ground.values.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('vouched_at', models.DateTimeField()),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.agent')),
                ('circle', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to='circles.circle')),
                ('recovery', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='vouches', to='circles.recovery')),
            ],
        ),
        migrations.AddIndex(
            model_name='recovery',
            index=models.Index(models.F('circle'), models.F('state'), name='recoveries_by_state'),
        ),
        migrations.AddConstraint(
            model_name='recovery',
            constraint=models.UniqueConstraint(models.F('circle'), models.F('agent'), condition=models.Q(('state__in', ['vouched', 'granted', 'open'])), name='one_recovery_at_a_time'),
        ),
        migrations.AddConstraint(
            model_name='vouch',
            constraint=models.UniqueConstraint(models.F('recovery'), models.F('by'), name='one_word_a_coordinator'),
        ),
    ]
