"""Fill the facts and the words of the gigs that are there: the trigger of 0004 does it at any update."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("gigs", "0004_sellers_side")]
    operations = [
        migrations.RunSQL(
            sql="SET LOCAL statement_timeout = 0; UPDATE gigs_gig SET search_vector = NULL;",
            reverse_sql=migrations.RunSQL.noop,
        ),
    ]
