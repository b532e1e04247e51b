"""Every ceiling has its documented default, and lets pass exactly what it names."""

import attrs
import pytest
from attrs.exceptions import FrozenInstanceError

from mxinbound import ConfigurationError, InboundRequest, Limits, RequestTooLarge, UnreadablePush, parse, testing

KIB, MIB = 1024, 1024 * 1024

DEFAULTS = {
    "max_body_bytes": 17 * MIB,
    "spool_bytes": 1 * MIB,
    "max_query_bytes": 64 * KIB,
    "max_read_seconds": 30,
    "max_fields": 256,
    "max_field_bytes": 256 * KIB,
    "max_archive_bytes": 16 * MIB,
    "max_part_bytes": 10 * MIB,
    "max_total_bytes": 20 * MIB,
    "max_parts": 128,
    "max_directory_bytes": 1 * MIB,
    "max_name_bytes": 1024,
    "max_manifest_bytes": 256 * KIB,
    "max_smil_bytes": 256 * KIB,
    "max_smil_elements": 2000,
    "max_smil_depth": 32,
    "max_ratio": 200,
    "ratio_grace_bytes": 1 * MIB,
    "max_defects": 200,
    "max_retrieve_bytes": 16 * MIB,
}


class TestTheValue:
    def test_the_defaults_are_the_documented_ones(self):
        assert attrs.asdict(Limits()) == DEFAULTS

    def test_what_may_be_retrieved_is_an_archive_unless_it_is_said_otherwise(self):
        assert Limits(max_archive_bytes=7).max_retrieve_bytes == 7
        assert Limits(max_archive_bytes=7, max_retrieve_bytes=9).max_retrieve_bytes == 9
        assert Limits(max_retrieve_bytes=9).max_archive_bytes == 16 * MIB

    @pytest.mark.parametrize("name", [name for name in DEFAULTS if name != "spool_bytes"])
    @pytest.mark.parametrize("value", [0, -1, float("nan")])
    def test_a_ceiling_is_above_zero(self, name, value):
        with pytest.raises(ConfigurationError) as caught:
            Limits(**{name: value})
        assert str(caught.value) == f"Limits: {name} must be a number above zero"
        assert getattr(Limits(**{name: 1}), name) == 1

    @pytest.mark.parametrize("value", [-1, float("nan")])
    def test_spool_bytes_may_be_zero_but_not_below(self, value):
        assert Limits(spool_bytes=0).spool_bytes == 0
        with pytest.raises(ConfigurationError) as caught:
            Limits(spool_bytes=value)
        assert str(caught.value) == "Limits: spool_bytes must be a number not below zero"

    def test_seconds_may_be_a_fraction(self):
        assert Limits(max_read_seconds=0.25).max_read_seconds == 0.25

    def test_limits_are_keywords(self):
        with pytest.raises(TypeError):
            Limits(1)
        with pytest.raises(TypeError):
            Limits(max_bodybytes=1)

    def test_they_cannot_be_changed_and_are_equal_by_value(self):
        with pytest.raises(FrozenInstanceError):
            Limits().max_parts = 1
        assert Limits(max_parts=1) == Limits(max_parts=1) != Limits()
        assert len({Limits(max_parts=1), Limits(max_parts=1), Limits()}) == 2


def get(query):
    return InboundRequest(method="GET", query=query)


def post(body, content_type="application/x-www-form-urlencoded", query=b""):
    return InboundRequest(method="POST", query=query, headers=[("content-type", content_type)], body=body)


MULTIPART = testing.mms().as_request()
TEXT = b"id=1&type=6&message="


class TestAtTheCeilingAndOnePast:
    @pytest.mark.parametrize(
        ("request_", "name", "size", "sentence"),
        [
            pytest.param(
                get(TEXT + b"x" * 80),
                "max_query_bytes",
                100,
                "the query string is longer than max_query_bytes ({} bytes)",
                id="query of a GET",
            ),
            pytest.param(
                post(b"", query=TEXT + b"x" * 80),
                "max_query_bytes",
                100,
                "the query string is longer than max_query_bytes ({} bytes)",
                id="query of a POST",
            ),
            pytest.param(
                post(TEXT + b"x" * 80),
                "max_body_bytes",
                100,
                "the body is larger than max_body_bytes ({} bytes)",
                id="body",
            ),
            pytest.param(
                MULTIPART,
                "max_body_bytes",
                len(MULTIPART.body),
                "the body is larger than max_body_bytes ({} bytes)",
                id="multipart body",
            ),
            pytest.param(
                get(TEXT + b"&to=1" * 7),
                "max_fields",
                10,
                "the request has more fields than max_fields ({})",
                id="fields of a query",
            ),
            pytest.param(
                post(TEXT + b"&to=1" * 7),
                "max_fields",
                10,
                "the request has more fields than max_fields ({})",
                id="fields of a body",
            ),
            pytest.param(
                post(TEXT, query=b"to=1&" * 7),
                "max_fields",
                10,
                "the request has more fields than max_fields ({})",
                id="fields of a query and a body",
            ),
            pytest.param(
                MULTIPART,
                "max_fields",
                8,
                "the request has more fields than max_fields ({})",
                id="parts beside the zip",
            ),
            pytest.param(
                get(TEXT + b"x" * 80),
                "max_field_bytes",
                80,
                "a field is larger than max_field_bytes ({} bytes)",
                id="field of a query",
            ),
            pytest.param(
                get(TEXT + b"%41" * 80),
                "max_field_bytes",
                80,
                "a field is larger than max_field_bytes ({} bytes)",
                id="escaped field of a query",
            ),
            pytest.param(
                get(TEXT + b"&" + b"x" * 80),
                "max_field_bytes",
                80,
                "a field is larger than max_field_bytes ({} bytes)",
                id="name of a field",
            ),
            pytest.param(
                post(TEXT + b"x" * 80),
                "max_field_bytes",
                80,
                "a field is larger than max_field_bytes ({} bytes)",
                id="field of a body",
            ),
            pytest.param(
                testing.mms(subject="x" * 80).as_request(),
                "max_field_bytes",
                80,
                "a field is larger than max_field_bytes ({} bytes)",
                id="part",
            ),
        ],
    )
    def test_a_push_passes_and_is_refused(self, request_, name, size, sentence):
        assert parse(request_, limits=Limits(**{name: size})).id in {"1", "4172212931"}
        with pytest.raises(RequestTooLarge) as caught:
            parse(request_, limits=Limits(**{name: size - 1}))
        assert str(caught.value) == sentence.format(size - 1)
        assert (caught.value.limit, caught.value.allowed) == (name, size - 1)

    def test_the_zip_is_no_field(self):
        push = testing.mms(archive=b"PK\x05\x06" + bytes(1000))
        assert parse(push.as_request(), limits=Limits(max_field_bytes=100)).archive.raw == push.archive

    def test_empty_fields_are_none(self):
        assert parse(get(TEXT + b"x" + b"&" * 1000), limits=Limits(max_fields=3)).text == "x"
        with pytest.raises(UnreadablePush):
            parse(get(b"&" * 1000), limits=Limits(max_fields=1))
