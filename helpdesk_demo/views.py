"""The agents' pages. Each page fetches its own live parts again with `?live`."""

from __future__ import annotations

from typing import cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import User
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST

from helpdesk_demo import services
from helpdesk_demo.forms import PROPERTY_FORMS, ReplyForm
from helpdesk_demo.inbox import filters, tickets
from helpdesk_demo.models import Label, Reply, ReplyFile, Status, Ticket


@login_required
@require_GET
def inbox(request: HttpRequest) -> HttpResponse:
    menu = filters(cast("User", request.user))
    wanted = request.GET.get("show", "all")
    chosen = next((entry for entry in menu if entry.slug == wanted), menu[2])
    search = request.GET.get("q", "").strip()
    context = {
        "menu": menu,
        "chosen": chosen,
        "search": search,
        "tickets": tickets(chosen.condition, search),
    }
    return render(request, _page_or_live_parts(request, "inbox"), context)


@login_required
@require_GET
def ticket(request: HttpRequest, pk: int) -> HttpResponse:
    shown = get_object_or_404(
        Ticket.objects.select_related("customer", "status", "assignee"), pk=pk
    )
    context = {
        "ticket": shown,
        "replies": shown.replies.select_related("staff__profile").prefetch_related("files"),
        "others": shown.customer.tickets.exclude(pk=pk).select_related("status")[:5],
        "statuses": Status.objects.all(),
        "staff": User.objects.filter(is_staff=True, is_active=True).order_by("first_name"),
        "labels": Label.objects.all(),
        "chosen_labels": set(shown.labels.values_list("pk", flat=True)),
    }
    return render(request, _page_or_live_parts(request, "ticket"), context)


@login_required
@require_POST
def reply(request: HttpRequest, pk: int) -> HttpResponse:
    replied_to = get_object_or_404(Ticket, pk=pk)
    form = ReplyForm(request.POST, request.FILES)
    if not form.is_valid():
        return _refused(request, replied_to, form)
    written: Reply = services.reply(
        replied_to,
        cast("User", request.user),
        form.cleaned_data["text"],
        internal=form.cleaned_data["internal"],
        files=form.cleaned_data["uploads"],
        solve=form.cleaned_data["solve"],
    )
    return _done(request, replied_to, "Note saved" if written.internal else "Reply sent")


@login_required
@require_POST
def change(request: HttpRequest, pk: int, field: str) -> HttpResponse:
    """Change one property, so that the page writes back no old values of the others."""
    changed = get_object_or_404(Ticket, pk=pk)
    if field not in PROPERTY_FORMS:
        raise Http404(field)
    form = PROPERTY_FORMS[field](request.POST)
    if not form.is_valid():
        return _refused(request, changed, form)
    if field == "labels":
        services.label(changed, form.cleaned_data["labels"], form.cleaned_data["new"])
    else:
        services.change(changed, **form.cleaned_data)
    return _done(request, changed, f"{field.capitalize()} saved")


@login_required
@require_GET
def file(request: HttpRequest, pk: int) -> FileResponse:
    """Serve an upload; only harmless pictures are shown in place."""
    wanted = get_object_or_404(ReplyFile.objects.exclude(upload=""), pk=pk)
    return FileResponse(
        wanted.upload.open(),
        as_attachment=not wanted.is_image,
        filename=wanted.filename,
        content_type=wanted.content_type or "application/octet-stream",
    )


def _page_or_live_parts(request: HttpRequest, name: str) -> str:
    return f"helpdesk_demo/{name}{'_live' if 'live' in request.GET else ''}.html"


def _done(request: HttpRequest, changed: Ticket, message: str) -> HttpResponse:
    if _by_script(request):
        return JsonResponse({"message": message})
    messages.success(request, message)
    return redirect(changed)


def _refused(request: HttpRequest, unchanged: Ticket, form: object) -> HttpResponse:
    errors = cast("ReplyForm", form).errors
    message = " ".join(str(error) for field in errors.values() for error in field)
    if _by_script(request):
        return JsonResponse({"message": message}, status=400)
    messages.error(request, message)
    return redirect(unchanged)


def _by_script(request: HttpRequest) -> bool:
    return request.accepts("application/json") and not request.accepts("text/html")
