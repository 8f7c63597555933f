"""Create the database's own index over the entries."""

from django.db import migrations

from sakimori.kernel.search import store


def install(apps, schema_editor):
    store.install(schema_editor.connection)


def remove(apps, schema_editor):
    store.remove(schema_editor.connection)


class Migration(migrations.Migration):
    dependencies = [("search", "0001_initial")]
    operations = [migrations.RunPython(install, remove)]
