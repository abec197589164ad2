"""The signature of our events; the vectors were computed by hand with openssl.

    printf '%s' '1700000000:{"conversation_id": "conv_456"}' \\
        | openssl dgst -sha256 -hmac 'webhook secret'
"""

from fin_bridge.signing import event_headers, matches, sign

BODY = b'{"conversation_id": "conv_456"}'
SIGNATURE = "4dff16496b6bb17219c379e5a9738bd3d5fc57d0da7251b352ba879eb18bbde2"


def test_the_golden_vector() -> None:
    assert sign("webhook secret", 1700000000, BODY) == SIGNATURE


def test_headers_carry_key_time_and_signature() -> None:
    assert event_headers("webhook secret", 1700000000, BODY) == {
        "X-Webhook-Key": "webhook secret",
        "X-Webhook-Timestamp": "1700000000",
        "X-Webhook-Signature": SIGNATURE,
    }


def test_only_the_same_matches() -> None:
    assert matches(SIGNATURE, SIGNATURE)
    assert not matches(SIGNATURE, SIGNATURE.upper())
    assert not matches(SIGNATURE, "")
    assert not matches(SIGNATURE, "\udce9é")
