"""`/api/v1/orders/`: reading, placing, paying, and every step of the table that the pages have (R-API)."""

from django.urls import path

from orders.api import acting, cards, money, placing, reading, selling, steps

urlpatterns = [
    path("selling/", selling.Selling.as_view(), name="selling"),
    path("orders/", reading.Orders.as_view(), name="orders"),
    path("orders/<str:public_id>/", reading.OneOrder.as_view(), name="order"),
    path("orders/<str:public_id>/timeline/", reading.Timeline.as_view(), name="order_timeline"),
    path("orders/<str:public_id>/files/<str:file_id>/", reading.OneFile.as_view(), name="order_file"),
    path("orders/<str:public_id>/answers/<int:position>/", reading.AnswerFile.as_view(), name="order_answer_file"),
    path("orders/<str:public_id>/steps/", steps.Steps.as_view(), name="order_steps"),
    path("orders/<str:public_id>/steps/<str:step_id>/share/", steps.Share.as_view(), name="share_step"),
    path("orders/<str:public_id>/steps/<str:step_id>/acknowledge/", steps.Acknowledge.as_view(), name="see_step"),
    path(
        "orders/<str:public_id>/steps/<str:step_id>/files/<str:file_id>/",
        steps.OneStepFile.as_view(),
        name="order_step_file",
    ),
    path("orders/<str:public_id>/pay/", placing.Pay.as_view(), name="order_pay"),
    path("orders/<str:public_id>/money/", money.OrderMoney.as_view(), name="order_money"),
    path("orders/<str:public_id>/card/", cards.OrderCard.as_view(), name="order_card"),
    path("payment-methods/", cards.Cards.as_view(), name="cards"),
    path("payment-methods/<str:stripe_id>/", cards.OneCard.as_view(), name="card"),
    path("gigs/<str:public_id>/orders/", placing.PlaceGig.as_view(), name="gig_order"),
    path("offers/<str:public_id>/accept/", placing.AcceptOffer.as_view(), name="offer_accept"),
    *(path(f"orders/<str:public_id>/actions/{name}/", view.as_view(), name=name) for name, view in acting.ACTIONS),
]
