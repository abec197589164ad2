"""All that a host has to mount."""

from django.urls import include, path

urlpatterns = [path("api/fin/", include("fin_bridge.api.urls"))]
