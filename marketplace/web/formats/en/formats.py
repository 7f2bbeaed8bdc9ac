"""Dates as everywhere on the site ("Thu 19 Nov 2026, 16:40"), where Django writes them itself: in the admin."""

DATE_FORMAT = "D j M Y"
TIME_FORMAT = "H:i"
DATETIME_FORMAT = "D j M Y, H:i"
