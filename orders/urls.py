"""Addresses of orders. A step is a transition by its name; orders.views.deciding lists those with a page."""

from django.urls import path

from orders.views import (
    away,
    calendar,
    cards,
    deciding,
    delivering,
    files,
    listing,
    money,
    notes,
    page,
    placing,
    progress,
    selling,
    tasks,
)

app_name = "orders"
urlpatterns = [
    path("", listing.order_list, name="list"),
    path("new/gig/<str:public_id>/", placing.place_gig, name="place_gig"),
    path("new/offer/<str:public_id>/", placing.place_offer, name="place_offer"),
    path("of/offer/<str:public_id>/", placing.order_of_offer, name="of_offer"),
    path("tasks/", tasks.mine, name="my_tasks"),
    path("tasks/files/<str:public_id>/", tasks.note_file, name="note_file"),
    path("tasks/<str:public_id>/", tasks.one, name="task"),
    path("tasks/<str:public_id>/<str:action>/", tasks.act, name="act_on_task"),
    path("<str:public_id>/", page.order_page, name="order"),
    path("<str:public_id>/tasks/", tasks.of_order, name="tasks"),
    path("<str:public_id>/standing/", page.standing, name="standing"),
    path("<str:public_id>/paid/", placing.paid, name="paid"),
    path("<str:public_id>/pay/", placing.pay, name="pay"),
    path("<str:public_id>/deliver/", delivering.deliver, name="deliver"),
    path("<str:public_id>/answers/", delivering.answer, name="answers"),
    path("<str:public_id>/answers/<int:position>/", files.answer_file, name="answer_file"),
    path("<str:public_id>/timeline.<str:kind>", page.timeline, name="timeline"),
    path("<str:public_id>/files/<str:file_id>/", files.delivery_file, name="file"),
    path("<str:public_id>/files/<str:file_id>/picture/", files.picture, name="picture"),
    path("<str:public_id>/steps/<str:step_id>/share/", progress.share, name="share_step"),
    path("<str:public_id>/steps/<str:step_id>/seen/", progress.acknowledge, name="acknowledge_step"),
    path("<str:public_id>/steps/<str:step_id>/files/<str:file_id>/", progress.step_file, name="step_file"),
    path("<str:public_id>/notes/", notes.write, name="write_note"),
    path("<str:public_id>/notes/<str:note_id>/", notes.edit, name="note"),
    path("<str:public_id>/notes/<str:note_id>/delete/", notes.delete, name="delete_note"),
    path("<str:public_id>/money/", money.money, name="money"),
    path("<str:public_id>/card/", cards.choose, name="card"),
    path("<str:public_id>/<str:name>/", deciding.step, name="step"),
]
# Beside the orders: what a buyer keeps for all of them.
card_patterns = [
    path("", cards.card_list, name="list"),
    path("<str:stripe_id>/remove/", cards.remove, name="remove"),
]
# Read by calendar programs, which don't sign in.
calendar_patterns = [
    path("<str:key>.ics", calendar.feed, name="feed"),
]
# The seller's side of all orders at once.
selling_patterns = [
    path("", selling.dashboard, name="dashboard"),
    path("away/", away.away, name="away"),
    path("back/", away.back, name="back"),
]
