"""The download of the helpdesk's files: a signed address is all that it takes to read one."""

from __future__ import annotations

import logging
import re
from typing import Final

from django.contrib.auth.decorators import login_not_required
from django.db import Error
from django.http import FileResponse, HttpRequest
from django.http.response import HttpResponseBase
from django.views.decorators.csrf import csrf_exempt

from ..conf import conf
from ..exceptions import NotFoundError
from ..helpdesk import current
from ..helpdesk.fields.downloads import open_file
from .wire import responses
from .wire.problems import Problem
from .wire.response_bodies import Rest

logger = logging.getLogger("fin_bridge")

# Mails fold names and types over lines; no header may hold a line break.
_CONTROLS: Final = re.compile(r"[\x00-\x1f\x7f]+")


@csrf_exempt
@login_not_required
def attachment(request: HttpRequest, token: str, filename: str) -> HttpResponseBase:
    """Send the file, to be saved and never to be shown by a browser: customers have sent it."""
    if request.method not in {"GET", "HEAD"}:
        problem = Problem(405, "An attachment can only be read.", headers={"Allow": "GET, HEAD"})
        return responses.failure(Rest(), problem)
    try:
        return _download(token, filename)
    except NotFoundError as error:
        return responses.failure(Rest(), Problem(404, str(error)))
    except Error:
        raise
    except Exception:
        logger.exception("The helpdesk's storage fails at a file.")
        return responses.failure(Rest(), Problem(502, "The helpdesk's storage fails."))


def _download(token: str, filename: str) -> FileResponse:
    file, filetype = open_file(current(), token)
    return FileResponse(
        file,
        as_attachment=True,
        filename=_CONTROLS.sub(" ", filename),
        content_type=_CONTROLS.sub(" ", filetype),
        headers={
            "X-Content-Type-Options": "nosniff",
            "Content-Security-Policy": "default-src 'none'; sandbox",
            "Cache-Control": f"private, max-age={round(conf.attachment_lifetime.total_seconds())}",
        },
    )
