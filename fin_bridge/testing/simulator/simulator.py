"""`FinSimulator`: Fin's side of the contract, on loopback, for tests and demos."""

import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from ..contract import Dialect
from ..messenger.conversations import Conversation, Customer
from ..messenger.messenger import Messenger
from ..messenger.page import MessengerPage
from .client import HelpdeskClient
from .events_endpoint import PATH, EventsEndpoint
from .journal import Call, Journal, Note, Post, Violation
from .scheduler import RETRIES, SyncScheduler
from .server import LoopbackServer, Reply, Request
from .synchronisation import Synchroniser
from .tokens import ClientCredentials, StaticToken
from .transport import HostMap

_POLL_SECONDS = 0.01


class FinSimulator:
    """Plays Fin for the helpdesk at `helpdesk_url`, the address below which its operations are.

    Serves the events endpoint and the Messenger at `url` between `start()` and `stop()`, or inside
    of a `with`. Needs either a fixed bearer `token`, or `client_id` and `client_secret`, for which
    it fetches tokens at `token_url`, by default `{helpdesk_url}/oauth/token/`.

    `webhook_keys` are those that events may show, and `signing_key` signs Fin's requests.
    `dialect` is "posts_only" or "rest". `port` 0 takes any free port of `host`. `map_hosts` says
    where public origins are really served: `{"https://helpdesk.example":
    "http://127.0.0.1:8000"}`. `customers` are pairs of name and e-mail address. Each event is
    appended to `journal_path`, a line of JSON each.

    Times are in seconds: an event's sync begins after `debounce`, a failed one is tried again
    after `retry_interval`, a typing notice is shown for `typing_seconds`, and a request to the
    helpdesk may take `timeout`.
    """

    def __init__(
        self,
        *,
        helpdesk_url: str,
        integration_id: str,
        webhook_keys: Sequence[str],
        signing_key: str,
        client_id: str = "",
        client_secret: str = "",
        token: str | None = None,
        token_url: str | None = None,
        dialect: Dialect = "posts_only",
        host: str = "127.0.0.1",
        port: int = 0,
        map_hosts: Mapping[str, str] | None = None,
        customers: Iterable[tuple[str, str]] = (),
        journal_path: Path | None = None,
        debounce: float = 0.3,
        retry_interval: float = 60.0,
        typing_seconds: float = 5.0,
        timeout: float = 15.0,
    ) -> None:
        self.journal = Journal(journal_path)
        self._address = host, port
        self._typing_seconds = typing_seconds
        self._timeout = timeout
        self._hosts = HostMap(map_hosts or {})
        token_url = token_url or f"{helpdesk_url.rstrip('/')}/oauth/token/"
        tokens = (
            StaticToken(token)
            if token is not None
            else ClientCredentials(token_url, client_id, client_secret, timeout)
        )
        client = HelpdeskClient(helpdesk_url, dialect, tokens, signing_key, self.journal, timeout)
        self._messenger = Messenger(self._request_sync)
        self._synchroniser = Synchroniser(client, self._messenger, self.journal)
        self._scheduler = SyncScheduler(
            self._synchroniser.sync,
            self._give_up,
            debounce=debounce,
            retry_interval=retry_interval,
        )
        self._events = EventsEndpoint(integration_id, webhook_keys, self.journal, self._receive)
        self._page = MessengerPage(
            self._messenger, self.journal, self._hosts, lambda: self._synchroniser.agent_id
        )
        self._server: LoopbackServer | None = None
        for name, email in customers:
            self.customer(name, email)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.stop()

    def start(self) -> None:
        """Listen and synchronise. Raises OSError if the port is taken."""
        self._server = LoopbackServer(*self._address, self._respond)
        self._scheduler.start()
        self._server.start()

    def stop(self) -> None:
        """Let what runs end, forget what waits, close all connections."""
        assert self._server is not None
        self._server.stop()
        self._scheduler.stop()

    @property
    def url(self) -> str:
        """Return the Messenger's address, which is the base URL of the events endpoint too."""
        assert self._server is not None
        return f"http://{self._address[0]}:{self._server.port}"

    @property
    def posts(self) -> list[Post]:
        """Return every request to the events endpoint, refused ones included."""
        return list(self.journal.posts)

    @property
    def events(self) -> list[Mapping[str, Any]]:
        """Return the bodies of the sync events that were accepted."""
        return self._accepted("sync")

    @property
    def typing(self) -> list[Mapping[str, Any]]:
        """Return the bodies of the typing events that were accepted."""
        return self._accepted("typing")

    @property
    def calls(self) -> list[Call]:
        """Return every request of Fin to the helpdesk."""
        return list(self.journal.calls)

    @property
    def violations(self) -> list[Violation]:
        """Return everything that the contract does not allow; nothing if all is well."""
        return list(self.journal.violations)

    @property
    def notes(self) -> list[Note]:
        """Return what became of synchronisations that did not simply succeed."""
        return list(self.journal.notes)

    @property
    def conversations(self) -> list[Conversation]:
        """Return all conversations that Fin knows."""
        return self._messenger.conversations

    @property
    def is_idle(self) -> bool:
        """Tell whether no sync runs, waits or will be tried again."""
        return self._scheduler.is_idle

    def customer(
        self, name: str, email: str, attributes: Mapping[str, Any] | None = None
    ) -> Customer:
        """Return the customer with this e-mail address, or a new one; add the attributes.

        The helpdesk hears of a new customer with the first message.
        """
        return self._messenger.customer(name, email, attributes)

    def conversation(self, helpdesk_id: str) -> Conversation | None:
        """Return the conversation with this id of the helpdesk; None if Fin lacks it."""
        return self._messenger.find(helpdesk_id)

    def answer_with(
        self,
        status: int,
        headers: Mapping[str, str] | None = None,
        body: bytes = b"",
        times: int = 1,
    ) -> None:
        """Give this answer to the next posts of events, which then have no effect."""
        self._events.answer_with(Reply(status, body, headers or {}), times)

    def download(self, url: str) -> bytes:
        """Return the content of an attachment, through the host map.

        Raises requests.HTTPError for a status of 400 or more, and UnreachableError where no answer
        comes.
        """
        answer = self._hosts.download(url, self._timeout)
        answer.raise_for_status()
        return answer.content

    def wait_for(self, condition: Callable[[], Any], timeout: float = 10.0) -> Any:
        """Return the condition's value as soon as it is true.

        `timeout` is in seconds. Raises TimeoutError, which says what went on.
        """
        deadline = time.monotonic() + timeout
        while not (value := condition()):
            if time.monotonic() > deadline:
                raise TimeoutError(f"not within {timeout} s; {self._last_words()}")
            threading.Event().wait(_POLL_SECONDS)
        return value

    def _last_words(self) -> str:
        lines = [*self.journal.violations[-5:], *(note.text for note in self.journal.notes[-5:])]
        return "; ".join(map(str, lines)) or "nothing went wrong so far"

    def _accepted(self, kind: str) -> list[Mapping[str, Any]]:
        return [post.payload for post in self.posts if post.kind == kind and post.status == 204]

    def _respond(self, request: Request) -> Reply:
        if not request.path.startswith(PATH):
            return self._page.respond(request)
        if request.method != "POST":
            return Reply(405, headers={"Allow": "POST"})
        return self._events.respond(request)

    def _receive(self, payload: Mapping[str, Any]) -> None:
        conversation_id = payload["conversation_id"]
        if payload.get("event_type") != "agent_typing":
            self._messenger.notify(conversation_id)
        elif conversation := self._messenger.find(conversation_id):
            conversation.show_typing(payload["data"]["agent"], self._typing_seconds)

    def _request_sync(self, conversation: Conversation) -> None:
        self._scheduler.request(conversation, is_urgent=bool(conversation.outgoing()))

    def _give_up(self, conversation: Conversation) -> None:
        self.journal.add_note(f"The sync of {conversation.id} failed {RETRIES + 1} times")
        conversation.give_up_sending()
