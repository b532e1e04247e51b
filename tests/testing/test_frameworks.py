"""What a framework catches and answers 500 reaches who pushed, and only them."""

import threading

import flask
import pytest
from adapters.harness import routed
from django.core.handlers.asgi import ASGIHandler
from django.core.handlers.wsgi import WSGIHandler

from mxinbound import Receiver, testing
from mxinbound.adapters import django as django_adapter
from mxinbound.adapters import flask as flask_adapter


def flask_app(handler):
    app = flask.Flask("tests", root_path=".")
    app.add_url_rule("/", view_func=flask_adapter.endpoint(Receiver(), handler))
    return app


@pytest.fixture(params=["flask", "django under wsgi", "django under asgi"])
def application(request):
    """Makes an application of a handler, as a context manager."""
    made = []

    def make(handler):
        if request.param == "flask":
            return flask_app(handler)
        made.append(routed(django_adapter.endpoint(Receiver(), handler)))
        made[-1].__enter__()
        return ASGIHandler() if request.param.endswith("asgi") else WSGIHandler()

    yield make
    for routes in made:
        # It raises what it saw too, for those who push without a gateway.
        routes.gen.close()


def test_it_is_raised(application):
    error = ZeroDivisionError("a bug")

    def handler(message):
        raise error

    with testing.FakeGateway(application(handler)) as gateway, pytest.raises(ZeroDivisionError) as caught:
        gateway.push(testing.sms())
    assert caught.value is error


def test_it_is_kept_in_a_delivery(application):
    errors = [ZeroDivisionError("a bug")]

    def handler(message):
        if errors:
            raise errors.pop()

    with testing.FakeGateway(application(handler)) as gateway:
        first, second = gateway.deliver(testing.sms())
    assert (first.status, str(first.error), second.accepted) == (500, "a bug", True)


def test_one_thread_does_not_get_the_error_of_another(application):
    both = threading.Barrier(2, timeout=20)

    def handler(message):
        both.wait()
        if message.id == "1":
            raise ZeroDivisionError
        both.wait()

    outcomes = {}

    def push(message_id):
        try:
            outcomes[message_id] = gateway.push(testing.sms(id=message_id)).status
        except ZeroDivisionError as error:
            outcomes[message_id] = type(error)
            both.wait()

    if application(print).__class__ is ASGIHandler:  # it runs plain views one after the other
        return
    with testing.FakeGateway(application(handler)) as gateway:
        threads = [threading.Thread(target=push, args=(message_id,)) for message_id in ("1", "2")]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert outcomes == {"1": ZeroDivisionError, "2": 200}


def test_an_error_elsewhere_is_nobodys(application):
    def handler(message):
        raise ZeroDivisionError

    with testing.FakeGateway(application(handler)) as gateway, pytest.raises(ZeroDivisionError):
        gateway.push(testing.sms())
    assert flask_app(handler).test_client().open("/", **testing.sms().for_flask()).status_code == 500
