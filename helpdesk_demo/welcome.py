"""The words that the demo says when it is ready."""

from helpdesk_demo import settings

_WITH_SIMULATOR = """
  The helpdesk     http://localhost:{port}/
                   Log in as sarah or marco; the password is demo.
  The Messenger    {messenger}/
                   It stands beside the helpdesk's pages, too.
  Delivery log     http://localhost:{port}/admin/fin_bridge/event/
                   For sarah, who is a superuser.

  Try this:
   1. In the Messenger, ask something. Fin answers, and the ticket stands in the inbox.
   2. Write "I want to talk to a person". The ticket is now unassigned.
   3. Open the ticket and begin to type: the customer sees that Sarah is typing.
   4. Send, change the status, add a label; then look into the delivery log.
"""

_WITH_ANOTHER_FIN = """
  The helpdesk     http://localhost:{port}/
                   Log in as sarah or marco; the password is demo.
  Delivery log     http://localhost:{port}/admin/fin_bridge/event/
                   For sarah, who is a superuser.

  Events go to     {events_url}
  Fin comes in at  http://localhost:{port}/api/fin/
  and gets tokens  http://localhost:{port}/api/fin/oauth/token/
  Attachments at   {public_url}
"""


def welcome() -> str:
    """Return where to look, who to log in as, and what to try."""
    page = _WITH_SIMULATOR if settings.FIN_IS_SIMULATED else _WITH_ANOTHER_FIN
    return (
        page.format(
            port=settings.PORT,
            messenger=settings.FIN_MESSENGER_URL,
            events_url=settings.FIN_BRIDGE_INTEGRATIONS["default"]["EVENTS_URL"],
            public_url=settings.FIN_BRIDGE_PUBLIC_URL,
        )
        + f"\n  Logs are in {settings.VAR / 'log'}. Ctrl-C stops everything.\n"
    )
