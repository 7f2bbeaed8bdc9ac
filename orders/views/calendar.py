"""A person's due dates and deadlines, for their calendar program."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import conditional_page, require_safe

from accounts.selectors import owner_of_calendar
from marketplace.kernel import clock
from orders.presenters.calendar import calendar_of


@conditional_page
@cache_control(private=True, no_cache=True)
@require_safe
def feed(_request: HttpRequest, key: str) -> HttpResponse:
    """Whoever has the key reads it. 304 for a program that has it as it is; 404 for a key that is not in use."""
    text = calendar_of(owner_of_calendar(key), now=clock.now())
    return HttpResponse(text, content_type="text/calendar; charset=utf-8")
