"""A mail on its way in: what was taken out of it, and whether a person wrote it. No model; see mail_thread.py."""

from markupsafe import Markup


class Incoming:
    """Cannot be sent over RPC, so that a context which holds one comes from the mail gateway."""

    __slots__ = ("is_automatic", "is_masked", "sender", "withheld")

    def __init__(self, is_automatic, sender):
        self.is_automatic, self.sender = is_automatic, sender
        self.is_masked, self.withheld = False, []


def is_automatic(message):
    """Whether an out-of-office note or another machine's answer (RFC 3834), and no person's."""
    submitted = str(message.get("Auto-Submitted") or "no").strip().lower()
    precedence = str(message.get("Precedence") or "").strip().lower()
    return (
        not submitted.startswith("no")
        or precedence in ("auto_reply", "bulk", "junk", "list")
        or bool(message.get("X-Autoreply") or message.get("X-Autorespond"))
    )


def read_incoming(guard, message, message_dict):
    """Mask a parsed mail in place and take offending attachments out of it.

    :param guard: `collection.card.guard`
    :return: `Incoming`
    """
    incoming = Incoming(is_automatic(message), message_dict.get("email_from"))
    for name, is_html in (("subject", False), ("body", True), ("email_from", False)):
        text = message_dict.get(name)
        masked = guard._mask(text, is_html)
        if masked != text:
            incoming.is_masked = True
            message_dict[name] = Markup(masked) if isinstance(text, Markup) else masked
    kept = []
    for attachment in message_dict.get("attachments") or ():
        name = guard._mask(attachment[0])
        content = attachment[1]
        is_whole_mail = attachment[0] == "original_email.eml"
        if name != attachment[0]:
            incoming.is_masked = True
        if guard._file_holds_any(attachment[0], content) or (is_whole_mail and incoming.is_masked):
            incoming.withheld.append((name, content))
        else:
            kept.append(
                type(attachment)(name, *attachment[1:]) if hasattr(attachment, "_fields") else (name, *attachment[1:])
            )
    message_dict["attachments"] = kept
    return incoming
