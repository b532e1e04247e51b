"""How a push is put into a request: as a query, or as one of the forms that a POST can have.

In: fields by the contract's names, and a zip. Out: the method, query, content type and body. Nothing is checked, and
what has no place in a form is not in the request.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final, Literal, TypeAlias
from urllib.parse import quote_plus

from attrs import field, frozen

from mxinbound import wire

#: The parameters of a push by the contract's names, in order; bytes go out as they are.
Fields: TypeAlias = tuple[tuple[str, str | bytes], ...]

_BOUNDARY: Final = "mxinbound-testing-7d3f9a"
_FORMS: Final = ("query", "multipart", "urlencoded", "zip")
# Where a blank can only be a plus that was lost, so that a sender may leave it raw.
_PLUS_MAY_BE_RAW: Final = frozenset({wire.FROM, wire.TO, wire.CC, wire.DATE, wire.EXPIRY})


def _is_known(_: object, __: Any, form: str) -> None:
    if form not in _FORMS:
        raise ValueError(f"there is no form {form!r} of a push, only {', '.join(_FORMS)}")


@frozen(kw_only=True)
class Packaging:
    """How a push is put into a request. What a form has no use for is ignored, such as a charset that is declared.

    Attributes:
        form: `"query"` is a GET. The others are a POST: of a multipart form, of a urlencoded one, or of the zip alone
            with the fields in the query. An MMS in a query or a urlencoded form is word of it, without the zip.
        charset: What texts are encoded in.
        charset_declared: Whether a form says so, a multipart one for each part.
        raw_plus: Whether the pluses of numbers and dates go unescaped where a plus is a blank, and so arrive as one.
        fields_in_query: Whether the fields of a multipart form are in the query instead.
        apache: Whether the parts of a multipart form have headers as Apache's HTTP client writes them.
        chunked: Whether a body comes without a length, in HTTP's chunked coding.
    """

    form: Literal["query", "multipart", "urlencoded", "zip"] = field(default="query", validator=_is_known)
    charset: str = "utf-8"
    charset_declared: bool = False
    raw_plus: bool = False
    fields_in_query: bool = False
    apache: bool = False
    chunked: bool = False

    @property
    def method(self) -> str:
        """GET or POST."""
        return "GET" if self.form == "query" else "POST"

    @property
    def has_archive(self) -> bool:
        """Whether the zip of an MMS goes along."""
        return self.form in {"multipart", "zip"}

    @property
    def content_type(self) -> str:
        """The content type of a body."""
        if self.form == "multipart":
            return f"multipart/form-data; boundary={_BOUNDARY}"
        if self.form == "zip":
            return "application/zip"
        said = f"; charset={self.charset}" if self.charset_declared else ""
        return f"application/x-www-form-urlencoded{said}"

    def query_of(self, fields: Fields) -> bytes:
        """The query string."""
        in_query = self.form in {"query", "zip"} or (self.form == "multipart" and self.fields_in_query)
        return self._urlencoded(fields) if in_query else b""

    def body_of(self, fields: Fields, archive: bytes | None) -> bytes:
        """The body."""
        if self.form == "multipart":
            return self._multipart(() if self.fields_in_query else fields, archive)
        if self.form == "urlencoded":
            return self._urlencoded(fields)
        return archive or b"" if self.form == "zip" else b""

    def _encoded(self, value: str | bytes) -> bytes:
        return value if isinstance(value, bytes) else value.encode(self.charset)

    def _urlencoded(self, fields: Fields) -> bytes:
        return "&".join(
            f"{quote_plus(self._encoded(name))}={self._escaped(name, value)}" for name, value in fields
        ).encode()

    def _escaped(self, name: str, value: str | bytes) -> str:
        raw = self.raw_plus and name in _PLUS_MAY_BE_RAW
        return quote_plus(self._encoded(value), safe="+" if raw else "")

    def _multipart(self, fields: Fields, archive: bytes | None) -> bytes:
        parts = [self._part(name, self._encoded(text)) for name, text in fields]
        if archive is not None:
            parts.append(self._file(archive))
        opening, closing = f"--{_BOUNDARY}\r\n".encode(), f"--{_BOUNDARY}--\r\n".encode()
        return b"".join(opening + part + b"\r\n" for part in parts) + closing

    def _part(self, name: str, data: bytes) -> bytes:
        lines = [f'Content-Disposition: form-data; name="{name}"']
        if self.charset_declared or self.apache:
            lines.append(f"Content-Type: text/plain; charset={self.charset}")
        if self.apache:
            lines.append("Content-Transfer-Encoding: 8bit")
        return _with_head(lines, data)

    def _file(self, archive: bytes) -> bytes:
        lines = [f'Content-Disposition: form-data; name="{wire.ZIP}"; filename="{wire.ZIP}"']
        lines.append(f"Content-Type: application/{'octet-stream' if self.apache else 'zip'}")
        if self.apache:
            lines.append("Content-Transfer-Encoding: binary")
        return _with_head(lines, archive)


def _with_head(lines: Iterable[str], data: bytes) -> bytes:
    return "".join(f"{line}\r\n" for line in lines).encode() + b"\r\n" + data
