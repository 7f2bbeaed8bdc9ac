"""Addresses of offers."""

from django.urls import path

from offers.views import answering, asking, composing, listing

app_name = "offers"
urlpatterns = [
    path("", listing.offer_list, name="list"),
    path("requests/<str:public_id>/decline/", asking.decline_request, name="decline_request"),
    path("new/<str:public_id>/", composing.Compose.as_view(), name="compose"),
    path("ask/<str:public_id>/", asking.ask, name="ask"),
    path("with/<str:public_id>/", asking.ask_seller, name="ask_seller"),
    path("<str:public_id>/", answering.offer_page, name="offer"),
    path("<str:public_id>/edit/", composing.Edit.as_view(), name="edit"),
    path("<str:public_id>/discard/", composing.discard, name="discard"),
    path("<str:public_id>/revise/", composing.revise, name="revise"),
    path("<str:public_id>/versions/", answering.versions, name="versions"),
    path("<str:public_id>/keep/", answering.keep, name="keep"),
    path("<str:public_id>/remind/", answering.remind, name="remind"),
    path("<str:public_id>/counter/", composing.counter, name="counter"),
    path("<str:public_id>/agree/", answering.agree, name="agree"),
    path("<str:public_id>/decline/", answering.decline, name="decline"),
    path("<str:public_id>/withdraw/", answering.withdraw, name="withdraw"),
]
