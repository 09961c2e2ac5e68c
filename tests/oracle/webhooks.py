"""A receiver of web hooks: whether a message is signed as Standard Webhooks 1.0 has it."""

import base64
import hashlib
import hmac


def verified(head: str, body: bytes, secret: bytes) -> bool:
    """Whether the signature in a request's head is of its id, time and body.

    Args:
        head: of the request, as it came.
        body: the same.
        secret: `whsec_` and Base64.
    """
    lines = [line.partition(":") for line in head.split("\r\n")[1:]]
    told = {name.strip().lower(): value.strip() for name, _, value in lines}
    key = base64.b64decode(secret.split(b"_", 1)[1])
    signed = f"{told['webhook-id']}.{told['webhook-timestamp']}.".encode() + body
    wanted = base64.b64encode(hmac.digest(key, signed, hashlib.sha256)).decode()
    return f"v1,{wanted}" in told["webhook-signature"].split(" ")
