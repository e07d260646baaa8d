"""The gateway for text messages: one HTTP request, made from the template in the settings.

A value is put into the template once that is taken apart, and written again for its place: as a text of JSON, as a
value of a form, as a value of a query. So nothing in a text can become more than a text.

| it answers | means |
|---|---|
| 2xx | taken |
| 400, 422 and other 4xx | it takes nothing for this number: `RecipientRefused` |
| 401 to 405, 407, 408, 425, 429, 501, 503, 3xx; no connection | it takes nothing for anybody: `ChannelUnavailable` |
| 500, 502, 504; nothing within ten seconds | `HandOverUnknown`: a second text could not be told from a first |
"""

import http.client
import json
import re
import ssl
from collections.abc import Mapping
from typing import Any
from urllib.parse import SplitResult, parse_qsl, quote, urlencode, urlsplit

from app import config
from app.carriers.errors import ChannelUnavailable, HandOverUnknown, RecipientRefused
from app.logs import log
from app.settings import SmsRequest

ANSWER_S = 10
AWAY_S = 60
OF_EVERYBODY = frozenset({401, 402, 403, 404, 405, 407, 408, 425, 429, 501, 503})
"""Our account, our settings, its load: said to one, meant for all."""
DOUBTFUL = frozenset({500, 502, 504})
PLACE = re.compile(r"\{(\w+)\}")


def submit_text(*, to: str, text: str, sender: str | None, id: str) -> None:
    """Hand over one text message to a number in E.164. Neither is ever logged.

    Raises `ChannelUnavailable`, `RecipientRefused`, `HandOverUnknown`.
    """
    request = config.current().sms_request
    if request is None:
        raise ChannelUnavailable
    values = {"to": to, "digits": to.lstrip("+"), "text": text, "sender": sender or request.sender, "id": id}
    status = _answer(urlsplit(config.current().sms), request, values)
    if 200 <= status < 300:
        return
    log.warning("text_not_taken", status=status)
    if status in DOUBTFUL:
        raise HandOverUnknown
    if status in OF_EVERYBODY or not 400 <= status < 500:
        raise ChannelUnavailable(retry_after_s=AWAY_S)
    raise RecipientRefused


def _answer(gateway: SplitResult, request: SmsRequest, values: Mapping[str, str]) -> int:
    """The status of the gateway's answer. No redirect is followed: what we send is for nobody else."""
    body, content_type = _body(request.body, values)
    headers = {"Content-Type": content_type} if body else {}
    headers |= {name: _filled(value, values) for name, value in request.headers.items()}
    connection = _connection(gateway)
    try:
        try:
            connection.connect()
        except OSError as error:
            log.error("text_gateway_away", error=type(error).__name__)
            raise ChannelUnavailable(retry_after_s=AWAY_S) from None
        connection.request(request.method, _target(gateway, values), body=body, headers=headers)
        return connection.getresponse().status
    except (OSError, http.client.HTTPException) as error:
        log.error("text_gateway_silent", error=type(error).__name__)
        raise HandOverUnknown from None
    finally:
        connection.close()


def _connection(gateway: SplitResult) -> http.client.HTTPConnection:
    host, port = gateway.hostname or "", gateway.port
    if gateway.scheme == "https":
        return http.client.HTTPSConnection(host, port, timeout=ANSWER_S, context=ssl.create_default_context())
    return http.client.HTTPConnection(host, port, timeout=ANSWER_S)


def _target(gateway: SplitResult, values: Mapping[str, str]) -> str:
    path = gateway.path or "/"
    return f"{path}?{_form(gateway.query, values, spaces='%20')}" if gateway.query else path


def _body(template: str, values: Mapping[str, str]) -> tuple[bytes | None, str]:
    if template.startswith(("{", "[")):
        return json.dumps(_in_json(json.loads(template), values)).encode(), "application/json"
    filled = _form(template, values, spaces="+").encode() if template else None
    return filled, "application/x-www-form-urlencoded"


def _form(template: str, values: Mapping[str, str], *, spaces: str) -> str:
    pairs = parse_qsl(template, keep_blank_values=True)
    written = urlencode([(name, _filled(value, values)) for name, value in pairs], quote_via=quote)
    return written.replace("%20", spaces)


def _in_json(part: Any, values: Mapping[str, str]) -> Any:
    match part:
        case str():
            return _filled(part, values)
        case list():
            return [_in_json(each, values) for each in part]
        case dict():
            return {name: _in_json(each, values) for name, each in part.items()}
    return part


def _filled(template: str, values: Mapping[str, str]) -> str:
    return PLACE.sub(lambda place: values[place[1]], template)
