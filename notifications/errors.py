"""Programming errors of those who send notices; no person sees them."""


class UnknownKindError(LookupError):
    """No app registered this kind (see notifications/kinds.py)."""


class BadNoticeError(ValueError):
    """The notice can't be kept as it is: its link leads off the site, or its data is not JSON."""
