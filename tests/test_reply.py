"""The answer to a push: never an empty 200, which the gateway takes for a failure."""

import pytest
from attrs.exceptions import FrozenInstanceError

from mxinbound import ConfigurationError, Reply


class TestReply:
    def test_accepted_is_what_the_gateway_waits_for(self):
        assert Reply.accepted() == Reply(200, b"OK", "text/plain")

    def test_plain_text_is_the_default(self):
        assert Reply(400, b"no").content_type == "text/plain"

    def test_a_200_without_a_body_is_a_mistake_in_the_set_up(self):
        for make in (
            lambda: Reply(200, b""),
            lambda: Reply(200, b"", "text/html"),
            lambda: Reply(status=200, body=b""),
        ):
            with pytest.raises(ConfigurationError) as caught:
                make()
            assert str(caught.value) == (
                "a Reply with status 200 needs a body: the gateway takes an empty one for a failure"
            )

    @pytest.mark.parametrize("status", [204, 304, 400, 403, 500, 503])
    def test_other_answers_may_be_empty(self, status):
        assert Reply(status, b"").body == b""

    @pytest.mark.parametrize(
        ("reply", "headers"),
        [
            (Reply.accepted(), (("Content-Type", "text/plain"), ("Content-Length", "2"))),
            (Reply(503, b""), (("Content-Type", "text/plain"), ("Content-Length", "0"))),
            (
                Reply(200, "ä".encode(), "text/html; charset=utf-8"),
                (("Content-Type", "text/html; charset=utf-8"), ("Content-Length", "2")),
            ),
            (
                Reply(405, b"no"),
                (("Content-Type", "text/plain"), ("Content-Length", "2"), ("Allow", "GET, HEAD, OPTIONS, POST")),
            ),
        ],
        ids=["200", "empty", "another type", "405 names what is allowed"],
    )
    def test_the_headers_that_go_with_it(self, reply, headers):
        assert reply.headers == headers

    def test_it_cannot_be_changed(self):
        for name in ("status", "body", "content_type"):
            with pytest.raises(FrozenInstanceError):
                setattr(Reply.accepted(), name, b"")
        assert Reply.accepted().status == 200

    def test_it_is_equal_by_value(self):
        assert Reply(400, b"no") == Reply(400, b"no")
        assert len({Reply(400, b"no"), Reply(400, b"no"), Reply(401, b"no"), Reply(400, b"yes")}) == 3
        assert Reply(400, b"no", "text/html") != Reply(400, b"no")


@pytest.mark.parametrize(("status", "body"), [("200", b"OK"), (200, "OK"), (None, b""), (200, None)])
def test_other_types_are_a_mistake(status, body):
    with pytest.raises(ConfigurationError, match=r"^a Reply takes a whole number and bytes: Reply\(200, b'OK'\)$"):
        Reply(status, body)

    def test_a_kind_of_reply_may_have_headers_of_its_own(self):
        class Later(Reply):
            @property
            def headers(self):
                return (*super().headers, ("Retry-After", "120"))

        assert Later(503, b"").headers[-1] == ("Retry-After", "120")
