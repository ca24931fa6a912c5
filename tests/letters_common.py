"""What tests of letters share: customers that only a letter reaches, and a stand-in for the program that makes PDFs."""

import io
import re
from contextlib import contextmanager
from unittest.mock import patch

from odoo.tools.pdf import PdfFileReader, PdfFileWriter


def one_page():
    """The bytes of a PDF with one empty page."""
    writer, stream = PdfFileWriter(), io.BytesIO()
    writer.addBlankPage(200, 300)
    writer.write(stream)
    return stream.getvalue()


def page_texts(pdf):
    """The text of each page, without blanks: how a PDF spaces its letters is its own affair."""
    return [re.sub(r"\s+", "", page.extract_text()) for page in PdfFileReader(io.BytesIO(pdf)).pages]


class LettersMixin:
    """Beside `DunningCommon`."""

    @classmethod
    def by_post(cls, name, zip_code="10001", **vals):
        """A customer without an e-mail address."""
        address = {
            "street": "1 Main Street",
            "city": "New York",
            "zip": zip_code,
            "country_id": cls.env.ref("base.us").id,
        }
        return cls.customer(name, **{"email": False, **address, **vals})

    @contextmanager
    def printer(self, fails_for=(), dead=False):
        """Letters become empty pages, except those of customers whose PDF cannot be made; yields the letters of each call."""
        calls = []

        def render(letters):
            calls.append(letters)
            broken = letters.filtered(lambda letter: letter.partner_id.name in fails_for)
            if dead or broken:
                raise OSError("Wkhtmltopdf failed (error code: -11)")
            return {letter.id: one_page() for letter in letters}

        model = self.env.registry["collection.notice"]
        with patch.object(model, "_render_letters", render), patch.object(model, "_check_printer", lambda _self: None):
            yield calls
