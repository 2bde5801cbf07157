"""From what went wrong to a named outcome: the only place that reads foreign exceptions and statuses."""

from __future__ import annotations

import email.utils
import logging
import ssl
from datetime import UTC, datetime
from http import HTTPStatus

import aiohttp
from aiohttp.http_exceptions import ContentLengthError, HttpProcessingError, LineTooLong, TransferEncodingError

from newsreel.core.errors import NewsreelError, Permanent, Temporary
from newsreel.fetching.gate import AddressRefusedError

_log = logging.getLogger(__name__)

# A longer wish is heard as this one, in seconds.
LONGEST_RETRY_AFTER = 24 * 3600.0


def retry_after(value: str | None, now: datetime) -> float | None:
    """Seconds to wait by a Retry-After header (seconds or an HTTP date); None where it says nothing readable."""
    if value is None:
        return None
    text = value.strip()
    if text.isascii() and text.isdigit():
        return min(float(text[:12]), LONGEST_RETRY_AFTER)
    try:
        moment = email.utils.parsedate_to_datetime(text)
    except (ValueError, OverflowError, IndexError, TypeError):
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    try:
        return min(max((moment - now).total_seconds(), 0.0), LONGEST_RETRY_AFTER)
    except OverflowError:
        return None


def of_status(status: int, host: str, wish: float | None) -> NewsreelError | None:
    """The error that an answer's status means; None where it is an answer to work with (2xx, 304)."""
    if 200 <= status < 300 or status == 304:
        return None
    said = f"{host} answered {status}{_phrase(status)}."
    if status in (404, 410):
        return Permanent("gone", said, status=status)
    if status in (401, 403, 451):
        return Permanent("forbidden", said, status=status)
    if status == 429:
        return Temporary("rate_limited", f"{host} asks for fewer requests (429).", wish, status=status)
    if status >= 500:
        return Temporary("server_error", said, wish, status=status)
    if status in (408, 421, 425):
        return Temporary("http_error", said, wish, status=status)
    return Permanent("http_error", said, status=status)


def of_exception(error: Exception, host: str) -> NewsreelError:
    """The error that a failure of the client means. Nothing of the exception's own text is handed on."""
    if isinstance(error, aiohttp.ClientConnectorDNSError):
        if _holds(error, AddressRefusedError):
            return Permanent("address_refused", f"{host} leads to an address that is not of the public internet.")
        return Temporary("dns_failed", f"The name {host} cannot be resolved.")
    if isinstance(error, TimeoutError):
        return Temporary("timed_out", f"{host} did not answer in time.")
    if isinstance(error, aiohttp.ClientSSLError | ssl.SSLError | ssl.CertificateError):
        return _of_tls(error, host)
    if isinstance(error, aiohttp.ClientHttpProxyError):
        return Temporary("connect_failed", f"The proxy could not connect to {host} ({error.status}).")
    if _holds(error, AddressRefusedError):
        return Permanent("address_refused", f"{host} leads to an address that is not of the public internet.")
    if isinstance(error, aiohttp.ClientProxyConnectionError):
        return Temporary("connect_failed", "The proxy cannot be reached.")
    if isinstance(error, aiohttp.ClientConnectorError):
        return Temporary("connect_failed", f"{host} cannot be reached.")
    if isinstance(error, aiohttp.ServerDisconnectedError | aiohttp.ClientOSError | ConnectionError):
        return Temporary("connect_failed", f"{host} broke off the connection.")
    return _of_message(error, host)


def _of_message(error: Exception, host: str) -> NewsreelError:
    if isinstance(error, aiohttp.ClientPayloadError) and not _is_malformed(error):
        return Temporary("incomplete", f"The answer of {host} broke off, or its length is not what it said.")
    if isinstance(error, aiohttp.InvalidURL | ValueError):
        return Permanent("bad_address", "The address cannot be asked for.")
    if _holds(error, LineTooLong) or _says_too_many(error):
        return Permanent("headers_too_large", f"{host} sent more headers than are read.")
    if isinstance(error, aiohttp.ClientError | HttpProcessingError):
        return Temporary("bad_response", f"What {host} sent is not HTTP.")
    _log.error("The HTTP client stumbled over %s", host, exc_info=error)
    return Temporary("client_failed", f"The answer of {host} could not be handled.")


def _of_tls(error: Exception, host: str) -> NewsreelError:
    if isinstance(error, aiohttp.ClientConnectorCertificateError | ssl.SSLCertVerificationError):
        return Temporary("tls_failed", f"The certificate of {host} is not valid.")
    return Temporary("tls_failed", f"No secure connection to {host} could be made.")


def _is_malformed(error: BaseException) -> bool:
    """Whether a body's framing cannot be read, as against a body that is cut off."""
    return _holds(error, HttpProcessingError) and not (
        _holds(error, ContentLengthError) or _holds(error, TransferEncodingError)
    )


def _says_too_many(error: BaseException) -> bool:
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, HttpProcessingError) and "Too many headers" in cause.message:
            return True
        cause = cause.__cause__ or cause.__context__
    return False


def _holds(error: BaseException, kind: type[BaseException]) -> bool:
    """Whether an exception is, or was caused by, one of a kind."""
    seen: set[int] = set()
    cause: BaseException | None = error
    while cause is not None and id(cause) not in seen:
        if isinstance(cause, kind) or isinstance(getattr(cause, "os_error", None), kind):
            return True
        seen.add(id(cause))
        cause = cause.__cause__ or cause.__context__
    return False


def _phrase(status: int) -> str:
    try:
        return f" ({HTTPStatus(status).phrase})"
    except ValueError:
        return ""
