"""Django's own admin, dressed as Milepost."""

from django.contrib.admin import AdminSite
from django.contrib.admin.apps import AdminConfig


class SupportSite(AdminSite):
    site_header = site_title = "Milepost support"


class SupportAdminConfig(AdminConfig):
    default_site = "support.site.SupportSite"
