from django.urls import path

from milestones import views

urlpatterns = [path("fees/", views.fees, name="fees")]
