import logging
from io import BytesIO

import xlsxwriter

from odoo import models
from odoo.tools import format_date

from ...tools.workbook import OPTIONS, Sheet

_logger = logging.getLogger(__name__)


class CollectionReconciliation(models.TransientModel):
    """The worksheet as a workbook: its figures, and on a second sheet the items that they are made of."""

    _inherit = "collection.reconciliation"

    def _export_xlsx(self):
        """:return: bytes"""
        self._check()
        output = BytesIO()
        with xlsxwriter.Workbook(output, OPTIONS) as book:
            title = self.env._(
                "%(account)s %(customer)s, %(date_from)s to %(date_to)s, company currency %(currency)s",
                account=self.account_id.name,
                customer=self.account_id.display_name,
                date_from=format_date(self.env, self.date_from),
                date_to=format_date(self.env, self.date_to),
                currency=self.currency_id.name,
            )
            self._write_figures(Sheet(book, self.env._("Worksheet"), title))
            self._write_items(Sheet(book, self.env._("Items"), title))
        _logger.info("User %s exported the reconciliation worksheet of account %s", self.env.uid, self.account_id.id)
        return output.getvalue()

    def _write_figures(self, sheet):
        _ = self.env._
        sheet.header([_("Figure"), _("Currency"), _("In Currency"), _("In Company Currency"), _("Items")], {0: 40})
        for line in self.line_ids.sorted("sequence"):
            in_currency = line.amount_currency if line.currency_id else None
            row = [line._label(), line.section, in_currency, line.amount, line.count]
            sheet.row(row, bold=line.kind in ("opening", "closing"))
        for label, amount in (
            (_("Balance of the receivable accounts"), self.amount_ledger),
            (_("Applied with other customers"), self.amount_cross),
            (_("Difference"), self.amount_difference),
        ):
            sheet.row([label, None, None, amount])

    def _write_items(self, sheet):
        _ = self.env._
        labels = dict(self.line_ids._fields["kind"]._description_selection(self.env))
        header = [_("Figure"), _("Date"), _("Number"), _("Reference"), _("Due"), _("Currency"), _("In Currency")]
        sheet.header([*header, _("In Company Currency")], {0: 34, 2: 22, 3: 22})
        for kind, rows in self._items().items():
            for row in rows:
                line = row["line"]
                texts = [line.move_id.name, line.move_id.ref, line.date_maturity or None, row["currency"].name]
                sheet.row([labels[kind], row["date"], *texts, float(row["amount_currency"]), float(row["amount"])])
