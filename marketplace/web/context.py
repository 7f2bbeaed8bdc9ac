"""What every page's template can read."""

from django.http import HttpRequest


def page(request: HttpRequest) -> dict[str, object]:
    """`csp_nonce` for django-htmx's script tag, `nav_section` for the lit link of the navigation.

    A lazy nonce: it joins the header only when a template prints it.
    """
    match = request.resolver_match
    return {
        "csp_nonce": getattr(request, "csp_nonce", ""),
        "nav_section": match.app_name if match else "",
    }
