"""Requests for the tests: one push, packed in each of the ways that the gateway or somebody on the way may pack it."""

from urllib.parse import parse_qsl

from mxinbound import InboundRequest, parse
from mxinbound.testing import build_zip

ZIP = build_zip([("demo.txt", "text/plain", "Hello"), ("demo.gif", "image/gif", b"GIF89a")])


def get(query, **options):
    """Read a GET with this query, text or bytes."""
    return parse(InboundRequest(method="GET", query=query if isinstance(query, bytes) else query.encode()), **options)


def post(body, content_type, query=b"", **options):
    """Read a POST."""
    return parse(post_request(body, content_type, query), **options)


def post_request(body, content_type, query=b""):
    headers = [("content-type", content_type)] if content_type is not None else []
    return InboundRequest(method="POST", query=query, headers=headers, body=body)


def multipart(*parts, boundary="xYzZy", end="--\r\n"):
    """A multipart body of parts given as a header block and content."""
    body = b"".join(
        b"--" + boundary.encode() + b"\r\n" + encoded(head) + b"\r\n\r\n" + encoded(data) + b"\r\n"
        for head, data in parts
    )
    return body + b"--" + boundary.encode() + encoded(end)


def encoded(text):
    return text if isinstance(text, bytes) else text.encode()


def field(name, value):
    return f'Content-Disposition: form-data; name="{name}"', value


def zip_part(data=ZIP, head='Content-Disposition: form-data; name="mms.zip"; filename="mms.zip"'):
    return head + "\r\nContent-Type: application/zip", data


def codes(message):
    return [(defect.code, defect.parameter) for defect in message.defects]


def pairs(query):
    return parse_qsl(query, keep_blank_values=True, encoding="latin-1")


MULTIPART = "multipart/form-data; boundary=xYzZy"


def as_urlencoded(query):
    return post(query.encode("latin-1"), "application/x-www-form-urlencoded")


def as_multipart(query):
    return post(multipart(*(field(name, value.encode("latin-1")) for name, value in pairs(query))), MULTIPART)


def as_post_with_query(query):
    return post(b"", None, query.encode("latin-1"))


PACKINGS = {
    "GET": get,
    "urlencoded POST": as_urlencoded,
    "multipart POST": as_multipart,
    "POST with a query": as_post_with_query,
}
