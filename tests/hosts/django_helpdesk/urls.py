"""All that the project mounts."""

from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("admin/", admin.site.urls),
    path("helpdesk/", include("helpdesk.urls")),
    path("api/fin/", include("fin_bridge.api.urls")),
    path("fin/", include("fin_bridge.agent_ui.urls")),
]
