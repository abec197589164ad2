import pytest

from fin_bridge.testing import sign_request, signature_problem

# printf '%s' '<timestamp>:<content>' | openssl dgst -sha256 -hmac golden-key
KEY = "golden-key"
NOW = 1_700_000_000
EVENT = b'{"conversation_id":"c1"}'
EVENT_SIGNATURE = "89c51c71fb9ef0eb1413341b586ea8a22981c814cae741edf0d0b53062f29255"
QUERY_SIGNATURE = "90b4b3642106e7dbeaa4fddd83470e9f24fd73f5ee8ba5c4af198f3559b3f6af"
EMPTY_SIGNATURE = "f3db307a69951c1226d03da8d8999799315e7fd33767e5d781a3d87fd4811a37"
UNICODE_SIGNATURE = "293139903275f7c28a754a6bd90ba932f5f580869a05466eb60ef7f1e8d0885c"


@pytest.mark.parametrize(
    ("method", "query_string", "body", "signature"),
    [
        ("POST", "", EVENT, EVENT_SIGNATURE),
        ("PUT", "", '{"name":"Zoë"}'.encode(), UNICODE_SIGNATURE),
        ("POST", "", b"", EMPTY_SIGNATURE),
        ("GET", "", b"", EMPTY_SIGNATURE),
        # Sorted by key, percent-encoded as sent.
        ("GET", "conversation_id=c%2F1&after_id=m%201", b"", QUERY_SIGNATURE),
        ("GET", "after_id=m%201&conversation_id=c%2F1", b"", QUERY_SIGNATURE),
    ],
)
def test_fin_signs_as_openssl_does(
    method: str, query_string: str, body: bytes, signature: str
) -> None:
    assert sign_request(KEY, method, query_string, body, NOW) == {
        "X-Fin-Request-Timestamp": "1700000000",
        "X-Fin-Signature": signature,
    }


def test_parameters_are_sorted_by_key_and_not_as_text() -> None:
    # "a-b=" sorts before "a=" as text since "-" comes before "=".
    one = sign_request(KEY, "GET", "a-b=1&a=2", b"", NOW)
    assert one == sign_request(KEY, "PUT", "", b"a=2&a-b=1", NOW)


def headers(timestamp: str, signature: str) -> dict[str, str]:
    return {"X-Webhook-Timestamp": timestamp, "X-Webhook-Signature": signature}


@pytest.mark.parametrize("now", [NOW, NOW - 300, NOW + 300])
def test_the_signature_of_an_event_is_accepted(now: float) -> None:
    given = headers(str(NOW), EVENT_SIGNATURE)
    assert signature_problem(given, EVENT, [KEY], now) is None


def test_the_signature_of_any_key_is_accepted() -> None:
    given = headers(str(NOW), EVENT_SIGNATURE)
    assert signature_problem(given, EVENT, ["old", KEY], NOW) is None


@pytest.mark.parametrize(
    ("given", "now", "problem"),
    [
        ({}, NOW, "missing"),
        ({"X-Webhook-Signature": EVENT_SIGNATURE}, NOW, "missing"),
        ({"X-Webhook-Timestamp": str(NOW)}, NOW, "missing"),
        (headers("soon", EVENT_SIGNATURE), NOW, "not a number"),
        (headers("1_700_000_000", EVENT_SIGNATURE), NOW, "not a number"),
        (headers("\u0661\u0667", EVENT_SIGNATURE), NOW, "not a number"),
        (headers(str(NOW), EVENT_SIGNATURE), NOW + 301, "300 s away"),
        (headers(str(NOW), EVENT_SIGNATURE), NOW - 301, "300 s away"),
        (headers(str(NOW), EVENT_SIGNATURE.upper()), NOW, "does not match"),
        (headers(str(NOW + 1), EVENT_SIGNATURE), NOW, "does not match"),
        (headers(str(NOW), EMPTY_SIGNATURE), NOW, "does not match"),
        (headers(str(NOW), "ü"), NOW, "does not match"),
    ],
)
def test_any_other_signature_is_a_problem(given: dict[str, str], now: float, problem: str) -> None:
    assert problem in str(signature_problem(given, EVENT, [KEY], now))


def test_another_body_or_key_is_a_problem() -> None:
    given = headers(str(NOW), EVENT_SIGNATURE)
    assert "does not match" in str(signature_problem(given, EVENT + b" ", [KEY], NOW))
    assert "does not match" in str(signature_problem(given, EVENT, ["other"], NOW))
