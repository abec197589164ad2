"""Settings of gunicorn, which serves the demo."""

workers = 1  # the cache is in its memory, so that there must be no second one
threads = 8
graceful_timeout = 2
limit_request_line = 8190  # the most there is: its own answer to a longer one is HTML
accesslog = "-"
control_socket_disable = True  # it would be one for the whole account; older versions have none
