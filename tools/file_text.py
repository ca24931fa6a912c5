"""The text inside files that come by mail: plain text and CSV, web pages, mails, PDF, and the XML of office documents."""

import email
import email.policy
import io
import logging
import re
import zipfile
import zlib
from contextlib import suppress

from .csv_file import CsvProblem, decode

_MAX_PAGES = 100
_MAX_PART = 10 * 1024 * 1024
_MAX_PARTS = 200
_TAG = re.compile(r"<[^>]*>")
# In a spreadsheet each cell stands for itself; in a text document words run on through tags, up to the end of a paragraph.
_END = re.compile(r"</(?:w:p|text:p|a:p|si|c|row)>|<(?:w:br|w:tab|text:tab)\b[^>]*>")
_HTML = re.compile(r"<(?:html|body|div|table|p|span)\b", re.IGNORECASE)


def read_text(name, content):
    """(text, whether it is HTML) of a file; empty where there is no text that can be read.

    :param content: bytes, or text as mail parsers give it
    """
    try:
        return _read_text(name, content)
    except Exception:  # noqa: BLE001 a damaged file may fail in any way, and a mail must never be lost for it
        return "", False


def _read_text(name, content):
    if isinstance(content, str):
        return content, bool(_HTML.search(content))
    if content.startswith(b"%PDF"):
        return _pdf_text(content), False
    if content.startswith(b"PK\x03\x04"):
        return _zip_text(content), False
    try:
        text = decode(content)
    except CsvProblem:
        return "", False
    if name.lower().endswith(".eml"):
        return _mail_text(content), True
    return text, bool(_HTML.search(text))


def _pdf_text(content):
    try:
        from pypdf import PdfReader
    except ImportError:
        from PyPDF2 import PdfReader
    # The reader tells of every oddity of a file, with pieces of it.
    logging.getLogger(PdfReader.__module__.split(".")[0]).setLevel(logging.CRITICAL)
    pages = PdfReader(io.BytesIO(content)).pages
    return "\n".join(pages[number].extract_text() for number in range(min(len(pages), _MAX_PAGES)))


def _zip_text(content):
    texts = []
    # What could be read until there is looked at.
    expected = (zipfile.BadZipFile, OSError, NotImplementedError, RuntimeError, EOFError, zlib.error)
    with suppress(*expected), zipfile.ZipFile(io.BytesIO(content)) as archive:
        for member in archive.infolist()[:_MAX_PARTS]:
            if member.filename.lower().endswith((".xml", ".txt", ".csv", ".htm", ".html")) and not member.flag_bits & 1:
                with archive.open(member) as part:
                    text = part.read(_MAX_PART).decode("utf-8", "replace")
                texts.append(_TAG.sub("", _END.sub("\n", text)))
    return "\n".join(texts)


def _mail_text(content):
    parts = email.message_from_bytes(content, policy=email.policy.default).walk()
    texts = []
    for part in parts:
        if part.get_content_maintype() == "text":
            payload = part.get_payload(decode=True) or b""
            texts.append(payload.decode("utf-8", "replace"))
    return "\n".join(texts)
