"""Let the database note which months' coverage no longer follows the occurrences."""

from django.db import migrations

from sakimori.kernel.obligations import triggers


def install(apps, schema_editor):
    triggers.install(schema_editor.connection)


def remove(apps, schema_editor):
    triggers.remove(schema_editor.connection)


class Migration(migrations.Migration):
    dependencies = [("obligations", "0001_initial")]
    operations = [migrations.RunPython(install, remove)]
