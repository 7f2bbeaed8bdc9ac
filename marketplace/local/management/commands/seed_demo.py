"""Fills an empty database with the demo: people, gigs, orders in every state, conversations, offers."""

import structlog
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from accounts.models import User
from marketplace.local.demo.gigs import make_gigs
from marketplace.local.demo.orders import make_orders
from marketplace.local.demo.payouts import onboard_sellers
from marketplace.local.demo.people import make_people
from marketplace.local.demo.talks import make_talks
from marketplace.local.demo.travelling import journey
from payments.tasks import sweep_transfers

log = structlog.get_logger(__name__)


class Command(BaseCommand):
    help = "Fill an empty database with the demo marketplace. Needs DEMO=1 and the Stripe simulator."

    def handle(self, *args: object, **options: object) -> None:
        if not (settings.DEMO and settings.STRIPE_API_BASE):
            raise CommandError("The demo needs DEMO=1 and the Stripe simulator: start it with `make run`.")
        if User.objects.exists():
            raise CommandError("There are people here already; the demo fills only an empty database.")
        with journey(days_ago=60):
            make_people()
            make_gigs()
            onboard_sellers()
        make_orders()
        sweep_transfers()
        make_talks()
        log.info("demo_ready")
