"""Addresses of payments."""

from django.urls import path

from payments import webhooks
from payments.views import documents, earnings, payouts

app_name = "payments"
urlpatterns = [
    path("documents/", documents.documents, name="documents"),
    path("documents/<str:number>.pdf", documents.document_pdf, name="document_pdf"),
    path("documents/<str:number>/", documents.document, name="document"),
    path("payouts/", payouts.payouts, name="payouts"),
    path("payouts/begin/", payouts.begin, name="payouts_begin"),
    path("payouts/back/", payouts.back, name="payouts_back"),
    path("payouts/again/", payouts.again, name="payouts_again"),
    path("payouts/dashboard/", payouts.dashboard, name="payouts_dashboard"),
    path("earnings/", earnings.earnings, name="earnings"),
    path("earnings.csv", earnings.earnings_csv, name="earnings_csv"),
    path("webhooks/stripe/", webhooks.stripe_webhook, name="stripe_webhook"),
    path("webhooks/stripe/connect/", webhooks.stripe_connect_webhook, name="stripe_connect_webhook"),
]
