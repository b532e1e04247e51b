"""The named cases do what they say, and the fixtures hand out each of them."""

import pytest

from mxinbound import MmsArchive, MxInboundError, parse, testing

pytest_plugins = ["pytester"]

MALFORMED = pytest.mark.parametrize("case", testing.malformed_pushes(), ids=lambda case: case.name)
HOSTILE = pytest.mark.parametrize("case", testing.hostile_zips(), ids=lambda case: case.name)


@MALFORMED
def test_a_malformed_push_causes_what_it_says(case):
    request = case.push.as_request()
    if case.error is None:
        assert tuple(defect.code for defect in parse(request).defects) == case.defects
        assert case.defects
    else:
        with pytest.raises(MxInboundError) as caught:
            parse(request)
        assert type(caught.value) is case.error
        assert case.defects == ()


@HOSTILE
def test_a_hostile_zip_causes_what_it_says(case):
    with pytest.raises(MxInboundError) as caught:
        MmsArchive.open(case.archive).check()
    assert type(caught.value) is case.error
    assert caught.value.stage == case.stage


@pytest.mark.parametrize("cases", [testing.malformed_pushes, testing.hostile_zips])
def test_the_cases_have_a_name_each_and_are_the_same_every_time(cases):
    names = [case.name for case in cases()]
    assert len(set(names)) == len(names) > 20
    assert cases() == cases()


def test_no_case_is_large():
    assert max(len(case.push.query) + len(case.push.body) for case in testing.malformed_pushes()) < 100_000
    assert max(len(case.archive) for case in testing.hostile_zips()) < 100_000


def test_the_fixtures_are_there_for_who_turns_them_on(pytester):
    pytester.makeconftest('pytest_plugins = ["mxinbound.testing.pytest"]')
    pytester.makepyfile(
        """
        import mxinbound
        from mxinbound import testing
        from mxinbound.adapters import asgi

        def test_gateway(mx_gateway):
            gateway = mx_gateway(asgi.endpoint(mxinbound.Receiver(), print), path="/in")
            assert gateway.push(testing.sms()).accepted

        def test_malformed(mx_malformed_push):
            assert mx_malformed_push.push

        def test_hostile(mx_hostile_zip):
            assert mx_hostile_zip.archive

        class TestAdapter(testing.AdapterContract):
            def read(self, push, limits):
                raise ZeroDivisionError("not yet")
        """
    )
    outcome = pytester.runpytest_inprocess("-q", "-p", "no:cacheprovider")
    passed = 1 + len(testing.malformed_pushes()) + len(testing.hostile_zips())
    contract = [name for name in dir(testing.AdapterContract) if name.startswith("test_")]
    outcome.assert_outcomes(passed=passed, failed=len(contract))


def test_the_contract_is_nothing_without_an_adapter():
    nothing = testing.AdapterContract()
    for verb, arguments in (("read", 2), ("receive", 2), ("reply", 1), ("push", 3)):
        with pytest.raises(NotImplementedError):
            getattr(nothing, verb)(*[None] * arguments)


def test_the_contract_tells_an_adapter_that_reads_too_much_and_one_that_refuses_nothing():
    class ReadsAll(testing.AdapterContract):
        def read(self, push, limits):
            return push.body.read()

    class RefusesNothing(testing.AdapterContract):
        def read(self, push, limits):
            return push.as_request()

    with pytest.raises(AssertionError, match=r"^the body was touched$"):
        ReadsAll().test_read_leaves_the_body_of_a_get_alone()
    with pytest.raises(AssertionError, match=r"^RequestTooLarge not raised$"):
        RefusesNothing().test_read_refuses_a_size_over_the_limit_unread()
