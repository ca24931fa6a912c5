from datetime import timedelta
from urllib.parse import urlencode

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import date_utils, format_date


class CollectionAgingReportOpen(models.TransientModel):
    _name = "collection.aging.report.open"
    _description = "Aging as of a Date"

    company_id = fields.Many2one(
        "res.company",
        required=True,
        default=lambda self: self.env.company,
        domain="[('id', 'in', allowed_company_ids)]",
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    period = fields.Selection(
        [
            ("today", "Today"),
            ("last_month", "End of Last Month"),
            ("last_quarter", "End of Last Quarter"),
            ("other", "Another Date"),
        ],
        string="As Of",
        required=True,
        default="today",
    )
    date = fields.Date(compute="_compute_date", store=True, precompute=True, readonly=False, required=True)
    is_future = fields.Boolean(compute="_compute_amounts")
    amount_report = fields.Monetary(string="Aging report", compute="_compute_amounts")
    amount_ledger = fields.Monetary(
        string="Receivable accounts",
        compute="_compute_amounts",
        help="Balance of the trade receivable accounts: all posted entries up to this date.",
    )
    amount_difference = fields.Monetary(string="Difference", compute="_compute_amounts")
    amount_visible = fields.Monetary(
        string="Your portfolio", compute="_compute_amounts", help="What you see of it: your accounts and nobody's."
    )
    amount_unposted = fields.Monetary(
        string="Of this, matched but not posted",
        compute="_compute_amounts",
        help="Invoices that look paid, but by an entry that is not posted (a payment reset to draft). "
        "They stand in the report as lines of their own.",
    )

    # ------------------------------------------------------------------
    # Computes
    # ------------------------------------------------------------------

    @api.depends("period", "company_id")
    def _compute_date(self):
        for wizard in self:
            today = (wizard.company_id or self.env.company)._collection_today()
            if wizard.period == "last_month":
                wizard.date = date_utils.start_of(today, "month") - timedelta(days=1)
            elif wizard.period == "last_quarter":
                wizard.date = date_utils.start_of(today, "quarter") - timedelta(days=1)
            elif wizard.period == "today" or not wizard.date:
                wizard.date = today

    @api.depends("date", "company_id")
    def _compute_amounts(self):
        for wizard in self:
            company = wizard.company_id
            wizard.is_future = bool(company and wizard.date) and wizard.date > company._collection_today()
            amounts = dict.fromkeys(("report", "ledger", "unposted", "visible"), 0.0)
            if company and wizard.date and not wizard.is_future:
                amounts = self.env["collection.aging.report"]._tie_out(company, wizard.date)
                amounts["visible"] = amounts["report"] if company.collection_see_all else wizard._get_visible_amount()
            wizard.amount_report = amounts["report"]
            wizard.amount_ledger = amounts["ledger"]
            wizard.amount_unposted = amounts["unposted"]
            wizard.amount_visible = amounts["visible"]
            wizard.amount_difference = wizard.currency_id.round(amounts["report"] - amounts["ledger"])

    def _get_visible_amount(self):
        report = self.env["collection.aging.report"].with_context(collection_as_of=self.date)
        [[amount]] = report._read_group([("company_id", "=", self.company_id.id)], [], ["amount_total:sum"])
        return amount or 0.0

    # ------------------------------------------------------------------
    # Actions
    # ------------------------------------------------------------------

    def _check_date(self):
        self.ensure_one()
        if self.is_future:
            raise UserError(
                self.env._(
                    "%(date)s is still to come: the aging report shows the past and today.",
                    date=format_date(self.env, self.date),
                )
            )

    def _action_report(self, **context):
        self._check_date()
        action = self.env["ir.actions.act_window"]._for_xml_id("account_collections.collection_aging_report_action")
        name = self.env._("Aging as of %(date)s", date=format_date(self.env, self.date))
        if len(self.env.companies) > 1:
            name = self.env._("%(title)s, %(company)s", title=name, company=self.company_id.name)
        action.update(
            name=name,
            display_name=name,
            domain=[("company_id", "=", self.company_id.id)],
            context={"collection_as_of": fields.Date.to_string(self.date), **context},
            target="main",
        )
        return action

    def action_open(self):
        """Open the report as of the date, by customer."""
        return self._action_report(search_default_group_partner=1)

    def action_open_unposted(self):
        """Open the lines that are matched with entries that are not posted."""
        return self._action_report(search_default_unposted=1)

    def action_export(self):
        """Download the report as a workbook, one line per customer."""
        return self._action_export()

    def action_export_items(self):
        """Download the report as a workbook, with all items."""
        return self._action_export(items=1)

    def _action_export(self, **options):
        self._check_date()
        query = urlencode({"company_id": self.company_id.id, "as_of": fields.Date.to_string(self.date), **options})
        return {"type": "ir.actions.act_url", "url": f"/collections/aging.xlsx?{query}", "target": "download"}
