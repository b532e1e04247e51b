# The part of `multipart` that this project uses. python-multipart, which the tests need for FastAPI's forms, installs a
# package of the same name, and type checkers read that one.

from collections.abc import Iterator

class MultipartError(ValueError): ...
class ParserLimitReached(MultipartError): ...

class MultipartSegment:
    name: str | None
    filename: str | None
    content_type: str | None
    charset: str | None
    def __init__(self, headerlist: list[tuple[str, str]]) -> None: ...
    def header(self, name: str) -> str | None: ...

class PushMultipartParser:
    def __init__(
        self,
        boundary: bytes,
        *,
        max_header_size: int = ...,
        max_header_count: int = ...,
        header_charset: str = ...,
    ) -> None: ...
    def parse(self, chunk: bytes) -> Iterator[MultipartSegment | bytes | None]: ...
    def _create_segment(self, headerlist: list[tuple[str, str]]) -> MultipartSegment: ...
