"""What programs read and write of conversations, and addresses for it."""

from django.urls import path

from inbox.api import keeping, talking
from inbox.api.talking import PersonOut, caller

__all__ = ["PersonOut", "caller", "urlpatterns"]

urlpatterns = [
    path("conversations/", talking.Conversations.as_view(), name="conversations"),
    path("conversations/search/", talking.Search.as_view(), name="conversation_search"),
    path("conversations/<str:public_id>/", talking.OneConversation.as_view(), name="conversation"),
    path("conversations/<str:public_id>/messages/", talking.Messages.as_view(), name="messages"),
    path("conversations/<str:public_id>/read/", talking.Read.as_view(), name="conversation_read"),
    path("conversations/<str:public_id>/block/", keeping.Block.as_view(), name="conversation_block"),
    path("conversations/<str:public_id>/reports/", keeping.Reports.as_view(), name="conversation_reports"),
    path("quick-answers/", keeping.QuickAnswers.as_view(), name="quick_answers"),
    path("quick-answers/<str:public_id>/", keeping.OneQuickAnswer.as_view(), name="quick_answer"),
]
