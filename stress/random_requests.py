"""Requests that nobody means to send: good ones, changed at random."""

from random import Random

BODIES = [
    b"1,2,3\n4,,6\n",
    b"1.5\n-2e3\n0.25\n7\n8\n9\n",
    b'"1","2"\r\n3,nan\r\n',
    b"[[1, 2.5, null], [3, 4, 5]]",
    b"[1, 2, 3, 4, 5, 6]",
    b"[1, 2]\n[3, null]\n",
    b"",
]
TOKENS = [*(bytes([letter]) for letter in b',\n\r\t\x00;- e[]"'), b"1e400", b"nan", b"inf", b"true", b"null", b"{}"]
TOKENS += [b"\xff\xfe", b"\xef\xbb\xbf", b"\x1f\x8b", b"\xc2\xa0", b"9" * 400, b"1," * 3000, b"\n" * 3000, b"[" * 3000]
CONTENT_TYPES = ["text/csv", "application/json", "application/jsonlines", "TEXT/CSV; charset=utf-8; header=present"]
CONTENT_TYPES += [
    "text/plain",
    "text/csv; header=",
    "text/csv; charset=\xff",
    "text/csv; charset=utf-7",
    "text/csv\x00",
]
CONTENT_TYPES += [";;;", "", "a" * 5000]
ACCEPTS = ["*/*", *CONTENT_TYPES, "text/*;q=0.1, application/json;q=0.2", "*/*;q=nan", ",,,", "text/csv;q=-1"]
SAGEMAKER_HEADERS = ["X-Amzn-SageMaker-Inference-Id", "X-Amzn-SageMaker-Custom-Attributes"]
LENGTHS = ["x", "-1", "1e3", "99999999999999"]


def mutate(content: bytes, random: Random) -> bytes:
    """Return the bytes with a few changes: something inserted, deleted, repeated or cut off."""
    for _ in range(random.choice([0, 1, 1, 2, 5])):
        at = random.randrange(len(content) + 1)
        change = random.randrange(5)
        if change == 0:
            content = content[:at] + random.choice(TOKENS) + content[at:]
        elif change == 1:
            content = content[:at] + content[at + random.randrange(1, 5) :]
        elif change == 2:
            content = content[:at] + random.randbytes(random.randrange(1, 9)) + content[at:]
        elif change == 3:
            content = content[:at] + content[at : at + 20] * random.randrange(50) + content[at:]
        else:
            content = content[:at]
    return content


def random_request(random: Random) -> bytes:
    """Return a whole request, as it is sent over the connection."""
    body = mutate(random.choice(BODIES) * random.choice([1, 1, 1, 30]), random)
    others = [("GET", "/invocations"), ("PUT", "/ping"), ("POST", "/x")]
    method, path = random.choice([("POST", "/invocations")] * 20 + others)
    headers = [
        f"Content-Type: {random.choice(CONTENT_TYPES[:3] * 5 + CONTENT_TYPES)}",
        f"Accept: {random.choice(ACCEPTS[:1] * 20 + ACCEPTS)}",
    ]
    if random.random() < 0.1:
        headers.append(f"{random.choice(SAGEMAKER_HEADERS)}: {'x' * random.randrange(2000)}")
    if random.random() < 0.3:
        headers.append("Transfer-Encoding: chunked")
        body = _chunked(body, random)
    else:
        length = str(len(body) + (random.randrange(-5, 1000) if random.random() < 0.05 else 0))
        headers.append(f"Content-Length: {random.choice(LENGTHS) if random.random() < 0.02 else length}")
    lines = [f"{method} {path} HTTP/1.1", "Host: x", "Connection: close", *headers, "", ""]
    return "\r\n".join(lines).encode("latin-1") + body


def _chunked(body: bytes, random: Random) -> bytes:
    """Return the body in one or two chunks, which may be damaged."""
    cut = random.randrange(len(body) + 1)
    parts = [part for part in (body[:cut], body[cut:]) if part]
    chunks = b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in parts) + b"0\r\n\r\n"
    return mutate(chunks, random) if random.random() < 0.2 else chunks
