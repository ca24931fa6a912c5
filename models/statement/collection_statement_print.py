import io
import logging

from psycopg2 import errors as pgerrors

from odoo import models
from odoo.exceptions import UserError
from odoo.tools import format_date

from ..dunning.collection_notice_mail import _reason

_logger = logging.getLogger(__name__)

REPORT = "account_collections.report_statement"
_TRIES = 3


class CollectionStatement(models.Model):
    """Statements as pages: many of them in one rendering, and with one call of the program that makes PDFs."""

    _inherit = "collection.statement"

    def _try_to_render(self, documents, errors):
        """The PDFs of statements; where that fails by halves, so that one bad statement stops no other.

        Where the first three fail one by one, the program is to blame and not the statements: the others are not tried.

        :param documents: what `_documents` gave
        :param errors: dict that takes up the statements that fail, with the reason
        :return: dict of statement id to bytes
        """
        pdfs, parts, failed, error = {}, [self] if self else [], 0, None
        while parts:
            part = parts.pop()
            if failed >= _TRIES and not pdfs:
                errors.update(dict.fromkeys(part, error))
                continue
            try:
                with self.env.cr.savepoint():
                    pdfs |= part._render_pdfs(documents)
            except pgerrors.OperationalError:
                raise
            except Exception as problem:
                self.invalidate_recordset(flush=False)
                error = self.env._("The statement could not be printed: %(reason)s", reason=_reason(problem))
                if len(part) > 1:
                    middle = len(part) // 2
                    parts += [part[middle:], part[:middle]]
                    continue
                _logger.info("Statement %s could not be printed", part.id, exc_info=True)
                failed += 1
                errors[part] = error
        return pdfs

    def _render_pdfs(self, documents):
        """Make the PDFs with one call of the program that makes them.

        :return: dict of statement id to bytes
        """
        self.env["collection.notice"]._check_printer()
        report = self.env["ir.actions.report"].sudo().with_context(webp_as_jpg=True)
        streams = report._render_qweb_pdf_prepare_streams(REPORT, {"documents": documents}, res_ids=self.ids)
        pdfs = {key: (each["stream"] or io.BytesIO()).getvalue() for key, each in streams.items() if key}
        if any(not pdfs.get(statement.id) for statement in self):
            raise UserError(self.env._("The pages could not be told apart."))
        return pdfs

    # ------------------------------------------------------------------
    # What the page says
    # ------------------------------------------------------------------

    def _page_values(self, document):
        """What the page of one statement shows beside its sections: texts in the customer's language; called by the report."""
        self.ensure_one()
        company, collector = self.company_id, self.collector_id.sudo()  # a name and a phone number, for the customer
        langs = self.env["res.lang"]
        lang = langs._lang_get(self.lang or self.env.lang or "en_US") or langs.search([], limit=1)
        payment = document["last_payment"]
        texts = {}

        def day(date):
            if date not in texts:
                texts[date] = format_date(self.env, date, lang_code=lang.code)
            return texts[date]

        def number(amount, currency):
            return lang.format(f"%.{currency.decimal_places}f", amount + 0.0, grouping=True)

        def money(amount, currency):
            return currency.with_context(lang=lang.code).format(amount)

        return {
            "day": day,
            "number": number,
            "money": money,
            "bucket_labels": company.with_context(lang=lang.code)._collection_bucket_labels(),
            "title": self._title(),
            "number_of_account": self.account_id.name,
            "collector": collector,
            "phone": collector.phone or company.phone,
            "hours": company.with_context(lang=lang.code).collection_statement_hours,
            "paid": payment and (day(payment[0]), money(payment[1], payment[2])),
            "remit_address": company.with_context(lang=lang.code).collection_remit_address,
            "with_seller": any(row["seller"] for row in self._rows(document)),
            "with_ship": any(self._ship(row) for row in self._rows(document)),
            "ship": self._ship,
            "kinds": self._kind_labels(),
            "plurals": self._kind_labels(plural=True),
        }

    def _rows(self, document):
        return (row for section in document["sections"] for row in (*section["lines"], *section["credits"]))

    def _ship(self, row):
        """Where it went; the customer's own name, which stands above already, would only make the rows tall."""
        name = row["ship_name"] if row["ship_name"] != self.partner_id.name else None
        return ", ".join(filter(None, (name, row["ship_city"])))

    def _title(self):
        _ = self.env._
        return {
            "open_item": _("Statement of Open Items"),
            "balance_forward": _("Statement of Account"),
            "activity": _("Statement of Account Activity"),
        }[self.kind]

    def _kind_labels(self, plural=False):
        _ = self.env._
        if plural:
            return {
                "invoice": _("Invoices"),
                "debit_note": _("Debit notes"),
                "credit_note": _("Credit notes"),
                "payment": _("Payments"),
                "entry": _("Other entries"),
                "transfer": _("Settled with other accounts"),
            }
        return {
            "invoice": _("Invoice"),
            "debit_note": _("Debit note"),
            "credit_note": _("Credit note"),
            "payment": _("Payment"),
            "entry": _("Entry"),
            "transfer": _("Settled with"),
        }
