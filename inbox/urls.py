"""Addresses of the inbox."""

from django.urls import path

from inbox.views import finding, keeping, news, talking

app_name = "inbox"
urlpatterns = [
    path("", finding.conversation_list, name="list"),
    path("news/", news.list_news, name="list_news"),
    path("preview/", talking.preview, name="preview"),
    path("blocked/", keeping.blocked, name="blocked"),
    path("blocked/<str:public_id>/lift/", keeping.unblock, name="unblock"),
    path("answers/", keeping.answers, name="answers"),
    path("answers/<str:public_id>/", keeping.answer, name="answer"),
    path("answers/<str:public_id>/delete/", keeping.delete_answer, name="delete_answer"),
    path("with/<str:public_id>/", talking.start, name="start"),
    path("files/<str:public_id>/", talking.attachment, name="attachment"),
    path("files/<str:public_id>/small.webp", talking.thumbnail, name="thumbnail"),
    path("<str:public_id>/", talking.conversation, name="conversation"),
    path("<str:public_id>/news/", news.news, name="news"),
    path("<str:public_id>/block/", keeping.block, name="block"),
    path("<str:public_id>/report/", keeping.report, name="report"),
]
