"""From a raw query string to a message, all of it: text, dates, defects, extra, raw.

`parse_qsl` alone only splits and decodes. The frameworks' ways are the users': Flask's `request.args` and Starlette's
`query_params`, each made into a pydantic model of typed fields, and a Django form over a `QueryDict`. Each side makes
its own request object of what the server hands out, which is there before; a Django form is spared that.
"""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any
from urllib.parse import parse_qsl

import django.conf
import flask
from attrs import frozen
from django import forms
from django.http import QueryDict
from starlette.requests import Request

from benchmarks import payloads
from benchmarks.harness import Contest
from benchmarks.payloads import SmsModel, told
from mxinbound import InboundRequest, parse
from mxinbound.testing.pushes import Push

django.conf.settings.configure(USE_I18N=False, USE_TZ=True, TIME_ZONE="UTC")
SmsForm = type(
    "SmsForm",
    (forms.Form,),
    {
        **{name: forms.CharField() for name in ("id", "from")},
        "to": forms.Field(widget=forms.SelectMultiple),
        "date": forms.DateTimeField(),
        "type": forms.ChoiceField(choices=[("6", "SMS")]),
        "network": forms.CharField(required=False),
        "message": forms.CharField(required=False, strip=False),
    },
)


@frozen
class Given:
    """What a server hands out for one push."""

    query: bytes
    text: str
    environ: dict[str, Any]
    scope: dict[str, Any]

    @classmethod
    def of(cls, push: Push) -> "Given":
        return cls(push.query, push.query.decode(), push.for_wsgi(), push.for_asgi()[0])


def ours(given: Given) -> Any:
    message = parse(InboundRequest(method="GET", query=given.query))
    return message, message.raw, message.defects, message.extra


def pairs_of_ours(result: Any) -> object:
    message, raw, defects, _ = result
    assert message.id == dict(raw)["id"].decode()
    assert not defects
    return [(name, value.decode()) for name, value in raw]


def with_flask(given: Given) -> Any:
    arguments = flask.Request(given.environ, populate_request=False).args
    return SmsModel.model_validate(arguments.to_dict() | {"to": arguments.getlist("to")})


def with_starlette(given: Given) -> Any:
    parameters = Request(given.scope).query_params
    return SmsModel.model_validate({**parameters, "to": parameters.getlist("to")})


def with_django(given: Given) -> Any:
    form = SmsForm(QueryDict(given.text))
    assert form.is_valid()
    return form.cleaned_data


def contests() -> Iterator[Contest]:
    typed = (lambda result: told(result[0]), told)
    cleaned = (
        typed[0],
        lambda data: told(SmsModel.model_construct(originator=data["from"], text=data["message"], **data)),
    )
    split = (pairs_of_ours, list)
    alone = "urllib.parse.parse_qsl alone"
    wide = partial(payloads.sms, query_bytes=360, words=payloads.WIDE)
    short, job = "SMS query of 200 bytes → Sms", partial(parse_qsl, keep_blank_values=True)
    for path, pushes, against, target, theirs, tells in (
        (short, payloads.sms, alone, 0.9, lambda given: job(given.text), split),
        ("notification → MmsNotification", payloads.notifications, alone, 0.9, lambda given: job(given.text), split),
        ("SMS query of 360 bytes, UTF-8 → Sms", wide, alone, 0.8, lambda given: job(given.text), split),
        (short, payloads.sms, "Flask request.args + pydantic", 0.3, with_flask, typed),
        (short, payloads.sms, "Starlette query_params + pydantic", 0.3, with_starlette, typed),
        (short, payloads.sms, "Django form", 0.07, with_django, cleaned),
    ):
        yield Contest(path, against, target, partial(pool, pushes), ours, theirs, tells)


def pool(pushes: Callable[[int], list[Push]], count: int) -> list[Given]:
    return [Given.of(push) for push in pushes(count)]
