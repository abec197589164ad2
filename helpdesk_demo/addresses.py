"""The demo's addresses: where its pages are, and where the simulated Messenger beside them is."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

NAME, NUMBER = "localhost", "127.0.0.1"
FIN = "/api/fin/"  # the simulator calls it by number, and follows no redirect


def messenger(request: HttpRequest) -> dict[str, str]:
    """Offer the simulated Messenger to the template of each page, where one runs."""
    return {"messenger_url": settings.DEMO_MESSENGER_URL}


def one_site(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Lead a browser that opens 127.0.0.1 to localhost, the Messenger's site.

    To a browser these are two sites, and a frame of another site is a stranger's: the Messenger
    would not recognise the customer who wrote in a tab of its own.
    """

    def respond(request: HttpRequest) -> HttpResponse:
        name, _, port = request.get_host().partition(":")
        is_page = request.method == "GET" and not request.path.startswith(FIN)
        if settings.DEMO_MESSENGER_URL and name == NUMBER and is_page:
            return HttpResponseRedirect(f"http://{NAME}:{port}{request.get_full_path()}")
        return get_response(request)

    return respond
