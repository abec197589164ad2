"""The addresses of the helpdesk."""

from django.contrib import admin
from django.contrib.auth.views import LoginView, LogoutView
from django.urls import include, path

from helpdesk_demo import views

urlpatterns = [
    path("", views.inbox, name="inbox"),
    path("tickets/<int:pk>/", views.ticket, name="ticket"),
    path("tickets/<int:pk>/reply/", views.reply, name="reply"),
    path("tickets/<int:pk>/<slug:field>/", views.change, name="change"),
    path("files/<int:pk>/", views.file, name="file"),
    path("accounts/login/", LoginView.as_view(next_page="inbox"), name="login"),
    path("accounts/logout/", LogoutView.as_view(next_page="login"), name="logout"),
    path("admin/", admin.site.urls),
    path("api/fin/", include("fin_bridge.api.urls")),
    path("fin/", include("fin_bridge.agent_ui.urls")),
]
