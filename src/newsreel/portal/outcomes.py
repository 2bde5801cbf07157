"""What became of reading a channel, in plain words."""

from __future__ import annotations

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

_WORDS = {
    "": _("not read yet"),
    "ok": _("in order"),
    "address_refused": _("refused: the address is private or special"),
    "sample_only": _("not in the sample: leave it to add sources"),
    "bad_address": _("the address is not valid"),
    "port_refused": _("refused: an unusual port"),
    "too_large": _("the answer is too large"),
    "too_large_decoded": _("the answer is too large when unpacked"),
    "bad_encoding": _("the answer is packed wrongly"),
    "timed_out": _("no answer in time"),
    "dns_failed": _("the host's name is not known"),
    "connect_failed": _("no connection to the host"),
    "tls_failed": _("no secure connection to the host"),
    "too_many_redirects": _("redirected too often"),
    "bad_redirect": _("redirected to nowhere"),
    "gone": _("no longer there"),
    "gone_for_good": _("gone for good, as its site says; not read any more"),
    "merged": _("moved to the address of another channel"),
    "unasked_304": _("the host says 'not changed' without having been asked"),
    "empty_answer": _("the answer is empty"),
    "no_rsshub": _("an address of RSSHub, and the settings name no instance"),
    "forbidden": _("the host does not allow us to read it"),
    "rate_limited": _("the host asks us to come less often"),
    "host_busy": _("put off: another worker is speaking to the host"),
    "server_error": _("the host reports a fault of its own"),
    "http_error": _("the host refuses to answer"),
    "robots_disallowed": _("not allowed by the site's robots.txt"),
    "robots_unreachable": _("robots.txt cannot be reached, so nothing is read"),
    "headers_too_large": _("the answer's head is too large"),
    "bad_response": _("the answer is no valid HTTP"),
    "incomplete": _("the answer broke off"),
    "bad_feed": _("not a feed that can be read"),
    "bad_sitemap": _("not a sitemap that can be read"),
    "no_links": _("no links to articles found"),
    "no_text": _("no article text found"),
    "not_article": _("not an article"),
    "not_wanted": _("not an article, by an editor's word"),
    "forgotten": _("was kept for as long as the settings say"),
    "nothing_to_watch": _("nothing to watch found there"),
    "reader_crashed": _("reading it broke off here"),
    "reader_failed": _("reading it broke off here"),
    "reader_hung": _("reading it took too long here"),
    "client_failed": _("fetching it broke off here"),
    "storage_slow": _("storing takes long here: the database or the disk is slow"),
    "database_lost": _("the database does not answer"),
    "disk_full": _("the disk here is full or at fault"),
    "disk_failed": _("the disk here is full or at fault"),
    # Of hubs that push (WebSub)
    "hub_silent": _("the hub takes requests, but does not confirm them"),
    "hub_denied": _("the hub does not push this feed to us"),
    "push_unsigned": _("what was pushed was not signed as agreed, and was ignored"),
    "patterns_unreadable": _("what was learned of the site's addresses cannot be read"),
    # Of a recorded page
    "snapshot_missing": _("it is no longer kept"),
    "snapshot_damaged": _("its record is damaged"),
    "explaining_busy": _("too many are being read at once; please try again in a minute"),
    "bad_site_rules": _("the file of this installation's site rules is wrong (see newsreel doctor)"),
    # Of mails
    "sent": _("sent"),
    "printed": _("written to the log of this machine"),
    "recipient_refused": _("the mail server does not know the recipient"),
    "bad_recipient": _("not an address that mail can be sent to"),
    "message_refused": _("the mail server does not take this mail"),
    "mail_deferred": _("the mail server asks to come again later"),
    "mail_server_away": _("the mail server cannot be reached"),
    "mail_login_refused": _("the mail server refuses the name or the password"),
    "mail_sender_refused": _("the mail server takes no mail from this sender"),
    "mail_tls_failed": _("no secure connection to the mail server"),
    "mail_without_tls": _("the mail server offers no TLS, so the password is not sent"),
    "no_mail_server": _("no mail server is named"),
    "bad_mail_server": _("the setting does not name a mail server"),
    "bad_mail_from": _("the setting does not name a sender"),
}
FINE = frozenset(("ok",))


def words(outcome: str) -> str:
    """An outcome's name in the reader's language. One without words of its own is shown as it is."""
    if outcome in _WORDS:
        return str(_WORDS[outcome])
    return gettext("could not be read (%(outcome)s)") % {"outcome": outcome}


_KINDS = {"feed": _("feed"), "sitemap": _("news sitemap"), "frontpage": _("front page")}


def kind(name: str) -> str:
    """A channel's kind in the reader's language."""
    return str(_KINDS.get(name, name))
