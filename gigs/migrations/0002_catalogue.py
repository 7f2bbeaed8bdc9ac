"""The categories that the marketplace opens with, and where milestones may be used at first (R-GIG-1, R-POL-4)."""

from django.db import migrations
from django.utils.text import slugify

GIGS, OFFERS, NOWHERE = (True, True), (False, True), (False, False)
CATALOGUE = {
    "Video & Animation": {
        "3D Product Animation": GIGS,
        "Explainer Videos": OFFERS,
        "Video Editing": OFFERS,
        "Logo Animation": NOWHERE,
    },
    "Design": {
        "Brand Identity": OFFERS,
        "Illustration": OFFERS,
        "Presentation Design": OFFERS,
        "Business Cards": NOWHERE,
    },
    "Programming": {
        "Desktop Applications": GIGS,
        "Web Applications": OFFERS,
        "Mobile Apps": OFFERS,
        "Website Repairs": NOWHERE,
    },
    "Music & Audio": {
        "Producers & Composers": GIGS,
        "Mixing & Mastering": OFFERS,
        "Voice-over": NOWHERE,
    },
    "Business": {
        "Business Plans": GIGS,
        "Market Research": OFFERS,
        "Bookkeeping": OFFERS,
        "Data Entry": NOWHERE,
    },
    "Marketing": {
        "Social Media Marketing": GIGS,
        "Search Engine Optimisation": OFFERS,
        "E-mail Marketing": OFFERS,
    },
    "Writing": {
        "Book Editing": OFFERS,
        "Technical Writing": OFFERS,
        "Translation": OFFERS,
        "Proofreading": NOWHERE,
    },
}


def open_catalogue(apps, schema_editor):
    categories = apps.get_model("gigs", "Category")
    subcategories = apps.get_model("gigs", "Subcategory")
    for place, (name, children) in enumerate(CATALOGUE.items(), start=1):
        category, _ = categories.objects.get_or_create(slug=slugify(name), defaults={"name": name, "position": place})
        for position, (child, (in_gigs, in_offers)) in enumerate(children.items(), start=1):
            subcategories.objects.get_or_create(
                slug=slugify(child),
                defaults={
                    "category": category,
                    "name": child,
                    "position": position,
                    "allows_gig_milestones": in_gigs,
                    "allows_offer_milestones": in_offers,
                },
            )


class Migration(migrations.Migration):
    dependencies = [("gigs", "0001_initial")]
    operations = [migrations.RunPython(open_catalogue, migrations.RunPython.noop)]
