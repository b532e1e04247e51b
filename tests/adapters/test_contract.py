"""Our own adapters are the first to pass the conformance suite that others may run."""

from adapters.harness import HARNESSES

from mxinbound.testing import AdapterContract


class OfHarness(AdapterContract):
    """The contract's four methods, with what a harness does."""

    harness = None

    def read(self, push, limits):
        return self.harness.read(push, limits)

    def receive(self, receiver, push):
        return self.harness.receive(receiver, push)

    def reply(self, reply):
        return self._response(self.harness.reply(reply))

    def push(self, push, receiver, handler, **options):
        return self._response(self.harness.push(push, receiver, handler, **options))

    @staticmethod
    def _response(answer):
        return answer.status, answer.headers, answer.body


class TestWsgi(OfHarness):
    harness = HARNESSES["wsgi"]
    takes_async = False


class TestAsgi(OfHarness):
    harness = HARNESSES["asgi"]
    awaits_results = True


class TestFlask(OfHarness):
    harness = HARNESSES["flask"]


class TestDjangoUnderWsgi(OfHarness):
    harness = HARNESSES["django-wsgi"]


class TestDjangoUnderAsgi(OfHarness):
    harness = HARNESSES["django-asgi"]
    first_hand = False


class TestStarlette(OfHarness):
    harness = HARNESSES["starlette"]
    awaits_results = True


class TestFastApi(OfHarness):
    harness = HARNESSES["fastapi"]
    awaits_results = True


class TestAiohttp(OfHarness):
    harness = HARNESSES["aiohttp"]
    awaits_results = True


def test_no_adapter_is_left_out():
    tested = [case.harness for case in OfHarness.__subclasses__()]
    assert tested == list(HARNESSES.values())
