"""Guarding a tab of the editor against a page that is older than what is stored (R-GIG-3).

A page says which version it shows and which page it is. What it changed itself, such as by an autosave whose answer
was lost on the way, is no conflict.
"""

from datetime import datetime

from accounts.models import User
from gigs.drafts import Seen
from gigs.enums import Tab
from gigs.errors import ChangedElsewhere
from gigs.models import Gig
from gigs.services.access import lock_own_gig


def lock_tab(*, gig: Gig, seller: User, tab: Tab, seen: Seen | None) -> Gig:
    """The gig, locked, for storing `tab`. `seen` is None for a caller that has no page.

    Raises GigUnknown, and ChangedElsewhere when another page stored the tab after `seen`.
    """
    locked = lock_own_gig(gig=gig, seller=seller)
    stamp = locked.stamps.get(tab.value)
    if seen and stamp and stamp["version"] > seen.version and stamp["page"] != seen.page:
        raise ChangedElsewhere(tab=tab.label, version=locked.version, at=datetime.fromisoformat(stamp["at"]))
    return locked


def stamp_tab(*, gig: Gig, tab: Tab, seen: Seen | None, now: datetime) -> None:
    """Count the change of `tab` on the locked `gig`, and save it."""
    gig.version += 1
    page = seen.page if seen else ""
    gig.stamps = {**gig.stamps, tab.value: {"version": gig.version, "at": now.isoformat(), "page": page}}
    gig.save()
