"""Addresses of payments."""

from django.urls import path

from payments import webhooks
from payments.views import documents

app_name = "payments"
urlpatterns = [
    path("documents/", documents.documents, name="documents"),
    path("documents/<str:number>.pdf", documents.document_pdf, name="document_pdf"),
    path("documents/<str:number>/", documents.document, name="document"),
    path("webhooks/stripe/", webhooks.stripe_webhook, name="stripe_webhook"),
    path("webhooks/stripe/connect/", webhooks.stripe_connect_webhook, name="stripe_connect_webhook"),
]
