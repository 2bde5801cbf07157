"""The variable parts of our addresses. What does not match is no address of ours: a 404, not an error further in."""

from __future__ import annotations

from django.urls import register_converter

from newsreel.portal import pictures


class IdConverter:
    """A row's id: no more digits than a bigint has for sure."""

    regex = "[1-9][0-9]{0,17}"

    def to_python(self, value: str) -> int:
        """The id."""
        return int(value)

    def to_url(self, value: int) -> str:
        """Its text."""
        return str(value)


class TopicConverter:
    """A topic's code, as 'medtop:20000593'."""

    regex = "[A-Za-z0-9][A-Za-z0-9:._-]{0,23}"

    def to_python(self, value: str) -> str:
        """The code."""
        return value

    def to_url(self, value: str) -> str:
        """Its text."""
        return value


class SignatureConverter:
    """The signature of a picture's address."""

    regex = pictures.SIGNATURE

    def to_python(self, value: str) -> str:
        """The signature, as it is."""
        return value

    def to_url(self, value: str) -> str:
        """Its text."""
        return value


class PictureAddressConverter:
    """A picture's address in base64url."""

    regex = pictures.ADDRESS

    def to_python(self, value: str) -> str:
        """The text, as it is."""
        return value

    def to_url(self, value: str) -> str:
        """Its text."""
        return value


register_converter(IdConverter, "id")
register_converter(TopicConverter, "topic")
register_converter(SignatureConverter, "signature")
register_converter(PictureAddressConverter, "picture_address")
