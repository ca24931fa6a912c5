from datetime import timedelta

from odoo import Command, api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import date_utils, format_date

from ...reports.account.collection_account_reconciliation import MOVEMENTS

ORDER = ("opening", *MOVEMENTS, "closing", "unexplained")


class CollectionReconciliation(models.TransientModel):
    """The reconciliation worksheet of an account between two dates (SPEC §9)."""

    _name = "collection.reconciliation"
    _description = "Reconciliation Worksheet"

    account_id = fields.Many2one("collection.account", required=True, ondelete="cascade")
    company_id = fields.Many2one(related="account_id.company_id")
    currency_id = fields.Many2one(related="company_id.currency_id")
    date_from = fields.Date(
        string="From", required=True, compute="_compute_dates", store=True, readonly=False, precompute=True
    )
    date_to = fields.Date(
        string="To", required=True, compute="_compute_dates", store=True, readonly=False, precompute=True
    )
    problem = fields.Char(compute="_compute_problem")
    line_ids = fields.One2many(
        "collection.reconciliation.line",
        "worksheet_id",
        string="Figures",
        compute="_compute_line_ids",
        store=True,
        compute_sudo=False,
    )
    amount_closing = fields.Monetary(string="Closing", compute="_compute_checks")
    amount_ledger = fields.Monetary(
        string="Ledger",
        compute="_compute_checks",
        help="Balance of the customer's items on the receivable accounts on the last day.",
    )
    amount_cross = fields.Monetary(
        string="Applied with other customers",
        compute="_compute_checks",
        help="What matches with items of other customers, as of the last day, moved from or to this account. The ledger does not show it.",
    )
    amount_difference = fields.Monetary(string="Difference", compute="_compute_checks")

    # ------------------------------------------------------------------
    # Computes
    # ------------------------------------------------------------------

    @api.depends("account_id")
    def _compute_dates(self):
        """By default the month before."""
        for sheet in self:
            today = (sheet.company_id or self.env.company)._collection_today()
            last = date_utils.start_of(today, "month") - timedelta(1)
            sheet.date_from = sheet.date_from or date_utils.start_of(last, "month")
            sheet.date_to = sheet.date_to or last

    @api.depends("date_from", "date_to", "account_id")
    def _compute_problem(self):
        for sheet in self:
            today = sheet.company_id and sheet.company_id._collection_today()
            if not (sheet.account_id and sheet.date_from and sheet.date_to):
                sheet.problem = self.env._("Choose the first and the last day.")
            elif sheet.date_from > sheet.date_to:
                sheet.problem = self.env._("The last day lies before the first.")
            elif sheet.date_to > today:
                sheet.problem = self.env._(
                    "%(date)s is still to come: the books are known up to today.",
                    date=format_date(self.env, sheet.date_to),
                )
            else:
                sheet.problem = False

    @api.depends("date_from", "date_to", "account_id")
    def _compute_line_ids(self):
        for sheet in self:
            commands = [Command.create(vals) for vals in sheet._prepare_lines()] if not sheet.problem else []
            sheet.line_ids = [Command.clear(), *commands]

    @api.depends("line_ids")
    def _compute_checks(self):
        for sheet in self:
            closing = sum(row["amount"] for row in sheet._rows() if row["kind"] == "closing")
            ledger = sheet._ledger_balance()
            cross = sheet._cross_balance()
            sheet.amount_closing, sheet.amount_ledger, sheet.amount_cross = closing, ledger, cross
            sheet.amount_difference = sheet.currency_id.round(closing - ledger - cross) if sheet.currency_id else 0.0

    # ------------------------------------------------------------------
    # Whose account
    # ------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        sheets = super().create(vals_list)
        sheets.account_id.check_access("read")
        return sheets

    def write(self, vals):
        result = super().write(vals)
        self.account_id.check_access("read")
        return result

    # ------------------------------------------------------------------
    # Figures
    # ------------------------------------------------------------------

    def _rows(self):
        """The rows behind the figures, read anew each time: see `collection.account._reconciliation_rows`."""
        self.ensure_one()
        return [] if self.problem else self.account_id._origin._reconciliation_rows(self.date_from, self.date_to)

    def _prepare_lines(self):
        """One line for each figure, by currency; with several currencies also all together in the company's."""
        rows = self._rows()
        currencies = self.env["res.currency"].browse({row["currency_id"] for row in rows}).sorted("name")
        lines = []
        for currency in currencies or self.currency_id:
            own = [row for row in rows if row["currency_id"] == currency.id]
            lines += self._prepare_section(own, currency)
        if len(currencies) > 1:
            lines += self._prepare_section(rows, None)
        return [{**vals, "sequence": number} for number, vals in enumerate(lines)]

    def _prepare_section(self, rows, currency):
        def total(kind, name):
            return sum(float(row[name]) for row in rows if row["kind"] == kind)

        own = self.currency_id
        figures = {kind: (total(kind, "amount"), total(kind, "amount_currency")) for kind in ORDER[:-1]}
        counts = {kind: sum(row["kind"] == kind for row in rows) for kind in figures}
        figures["unexplained"] = tuple(
            figures["closing"][each] - sum(figures[kind][each] for kind in ("opening", *MOVEMENTS)) for each in (0, 1)
        )
        shown = [kind for kind in ORDER if counts.get(kind) or kind not in ("paid_out", "exchange", "cross")]
        return [
            {
                "kind": kind,
                "currency_id": currency.id if currency else False,
                "amount": own.round(figures[kind][0]),
                "amount_currency": currency.round(figures[kind][1]) if currency else 0.0,
                "count": counts.get(kind, 0),
            }
            for kind in shown
        ]

    def _ledger_domain(self):
        account = self.account_id._origin
        Line = self.env["account.move.line"]
        return (
            Domain("company_id", "=", account.company_id.id)
            & Domain("parent_state", "=", "posted")
            & Domain("account_id", "in", Line._collection_receivable_account_ids())
            & Domain("date", "<=", self.date_to)
            & (
                Domain("partner_id.commercial_partner_id", "=", account.partner_id.id)
                if account.partner_id
                else Domain("partner_id", "=", False)
            )
        )

    def _ledger_balance(self):
        if self.problem:
            return 0.0
        # The account may be read; its balance does not depend on what of the books the user may see.
        [[balance]] = self.env["account.move.line"].sudo()._read_group(self._ledger_domain(), [], ["balance:sum"])
        return balance or 0.0

    def _cross_balance(self):
        """What matches with other customers moved up to the last day."""
        if self.problem:
            return 0.0
        rows = self.account_id._origin._reconciliation_cross(fields.Date.to_date("1900-01-01"), self.date_to)
        return float(sum(row["amount"] for row in rows))

    # ------------------------------------------------------------------
    # Actions
    # ------------------------------------------------------------------

    def _check(self):
        self.ensure_one()
        self.account_id.check_access("read")
        if self.problem:
            raise UserError(self.problem)

    def action_print(self):
        """The worksheet as PDF, with the items of each figure."""
        self._check()
        return self.env.ref("account_collections.action_report_reconciliation").report_action(self, config=False)

    def action_export(self):
        """The worksheet as a workbook, with a second sheet of all items."""
        self._check()
        return {
            "type": "ir.actions.act_url",
            "url": f"/collections/reconciliation.xlsx?worksheet_id={self.id}",
            "target": "download",
        }

    def _file_name(self):
        name = self.env._("Reconciliation %(account)s %(date)s", account=self.account_id.name, date=self.date_to)
        return name.replace("/", "-")

    def _sections(self):
        """What the PDF shows: list of (currency or nothing, lines)."""
        return list(self.line_ids.sorted("sequence").grouped("currency_id").items())

    def _items(self):
        """The rows of each figure, with their documents: dict of kind to a list."""
        rows = self._rows()
        # Documents of the account, whatever else of the books the user may see.
        lines = self.env["account.move.line"].sudo().browse({row["line_id"] for row in rows}).grouped("id")
        currencies = self.env["res.currency"].browse({row["currency_id"] for row in rows}).grouped("id")
        result = {}
        for row in rows:
            detail = {**row, "line": lines[row["line_id"]], "currency": currencies[row["currency_id"]]}
            result.setdefault(row["kind"], []).append(detail)
        return {kind: result[kind] for kind in ORDER if kind in result}
