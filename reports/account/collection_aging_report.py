from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools import format_date

# A row has the same id on every date: its values are cached apart for each date that is asked for.
AS_OF = {"readonly": True, "depends_context": ["collection_as_of"]}


class CollectionAgingReport(models.Model):
    """The open items of a date, one row each (SPEC §15).

    The date is in the context, `collection_as_of` (a date or an ISO string); without it every company stands at its business
    date. The rows of a company add up to the balance of its trade receivable accounts on that date (`_tie_out`).
    """

    _name = "collection.aging.report"
    _description = "Aging Report"
    _auto = False
    _order = "due_date, id"

    name = fields.Char(string="Number", **AS_OF)
    as_of = fields.Date(**AS_OF)
    account_id = fields.Many2one("collection.account", **AS_OF)
    partner_id = fields.Many2one("res.partner", string="Customer", **AS_OF)
    contact_id = fields.Many2one("res.partner", **AS_OF)
    company_id = fields.Many2one("res.company", **AS_OF)
    currency_id = fields.Many2one("res.currency", string="Company Currency", **AS_OF)
    item_currency_id = fields.Many2one("res.currency", string="Currency", **AS_OF)
    move_line_id = fields.Many2one("account.move.line", string="Open Item", **AS_OF)
    move_id = fields.Many2one("account.move", string="Document", **AS_OF)
    unposted_move_id = fields.Many2one(
        "account.move",
        string="Matched With (Not Posted)",
        help="The entry that is not posted, for instance a payment reset to draft, with which this amount is matched.",
        **AS_OF,
    )
    is_unposted = fields.Boolean(string="Matched With an Entry Not Posted", **AS_OF)
    ref = fields.Char(string="Reference", **AS_OF)
    kind = fields.Selection(
        [
            ("invoice", "Invoice"),
            ("debit_note", "Debit Note"),
            ("credit_note", "Credit Note"),
            ("payment", "Payment"),
            ("entry", "Journal Entry"),
            ("unposted_match", "Matched, Not Posted"),
        ],
        string="Document Type",
        **AS_OF,
    )
    date = fields.Date(**AS_OF)
    due_date = fields.Date(**AS_OF)
    days_overdue = fields.Integer(
        aggregator="max",
        help="Days past the due date, of debit items; below zero before it. In groups: the oldest.",
        **AS_OF,
    )
    bucket = fields.Selection(selection="_selection_bucket", **AS_OF)
    collector_id = fields.Many2one("res.users", **AS_OF)
    sales_partner_id = fields.Many2one("res.partner", help="Of the invoice.", **AS_OF)
    invoice_user_id = fields.Many2one("res.users", string="Salesperson", **AS_OF)
    country_id = fields.Many2one("res.country", **AS_OF)

    # In company currency
    amount_original = fields.Monetary(string="Original", **AS_OF)
    aging_current = fields.Monetary(string="Not Due", **AS_OF)
    aging_1 = fields.Monetary(string="Bucket 1", **AS_OF)
    aging_2 = fields.Monetary(string="Bucket 2", **AS_OF)
    aging_3 = fields.Monetary(string="Bucket 3", **AS_OF)
    aging_4 = fields.Monetary(string="Bucket 4", **AS_OF)
    aging_5 = fields.Monetary(string="Bucket 5", **AS_OF)
    amount_overdue = fields.Monetary(string="Overdue", help="Debit items past their due date.", **AS_OF)
    amount_unapplied = fields.Monetary(
        string="Unapplied", help="Credits and payments that are not matched with any invoice.", **AS_OF
    )
    amount_total = fields.Monetary(string="Total", help="Not due and overdue less unapplied.", **AS_OF)
    amount_held = fields.Monetary(
        string="Held", help="The part of debit items that holds in force on the date protect.", **AS_OF
    )
    amount_free = fields.Monetary(
        string="Free to Collect", help="Debit items less what is held; credits are not deducted.", **AS_OF
    )

    # In the item's currency
    amount_original_currency = fields.Monetary(
        string="Original in Currency", currency_field="item_currency_id", aggregator=None, **AS_OF
    )
    amount_residual_currency = fields.Monetary(string="Open in Currency", currency_field="item_currency_id", **AS_OF)

    # ------------------------------------------------------------------
    # Date and labels
    # ------------------------------------------------------------------

    @api.model
    def _as_of_companies(self):
        """The companies of the report, with access to their settings: those switched on, for the system all there are."""
        companies = self.env["res.company"].search([]) if self.env.su else self.env.companies
        return companies.sudo()

    @api.model
    def _as_of_by_company(self):
        """The date of the report for each company: the one asked for, else the company's business date.

        :return: dict of `res.company` to date
        :raise UserError: the date asked for is none, or no company has reached it
        """
        today = {company: company._collection_today() for company in self._as_of_companies()}
        asked = self.env.context.get("collection_as_of")
        if not asked:
            return today
        try:
            day = fields.Date.to_date(asked)
        except (TypeError, ValueError) as error:
            raise UserError(self.env._("“%(value)s” is not a date.", value=asked)) from error
        if day > max(today.values()):
            raise UserError(
                self.env._(
                    "The aging report shows the past and today: %(date)s is still to come.",
                    date=format_date(self.env, day),
                )
            )
        return {company: min(day, reached) for company, reached in today.items()}

    @api.model
    def _bucket_labels(self, company=None):
        """Labels of the amounts by days overdue: ``{"aging_1": "1–30", …, "aging_5": "Over 120"}``."""
        limits = (company or self.env.company)._collection_buckets()
        labels = {
            f"aging_{number}": f"{low + 1}–{high}"
            for number, (low, high) in enumerate(zip((0, *limits), limits), start=1)
        }
        return {**labels, "aging_5": self.env._("Over %(days)s", days=limits[-1])}

    @api.model
    def _selection_bucket(self):
        labels = self._bucket_labels()
        buckets = [(str(number), labels[f"aging_{number}"]) for number in range(1, 6)]
        return [("0", self.env._("Not Due")), *buckets, ("credit", self.env._("Unapplied"))]

    @api.model
    def fields_get(self, allfields=None, attributes=None):
        """The buckets bear the limits of the current company."""
        result = super().fields_get(allfields, attributes)
        for name, label in self._bucket_labels().items():
            if "string" in result.get(name, {}):
                result[name]["string"] = label
        return result

    # ------------------------------------------------------------------
    # Tie-out
    # ------------------------------------------------------------------

    @api.model
    def _tie_out(self, company, day):
        """What the report and the ledger say of a company on a date, in company currency, whatever the user may see.

        :return: dict of `report` (sum of all rows), `unposted` (of these, matched with entries that are not posted) and `ledger`
            (balance of the trade receivable accounts)
        :raise AccessError: the company is not one of the user's
        """
        if not self.env.su and company not in self.env.companies:
            raise AccessError(self.env._("%(company)s is not among your companies.", company=company.sudo().name))
        # A check of the figures covers the whole company, also for a collector who sees only a portfolio.
        report = self.sudo().with_context(collection_as_of=day)
        rows = dict(report._read_group([("company_id", "=", company.id)], ["is_unposted"], ["amount_total:sum"]))
        lines = self.env["account.move.line"].sudo()
        [[ledger]] = lines._read_group(
            Domain("company_id", "=", company.id)
            & Domain("parent_state", "=", "posted")
            & Domain("account_id", "in", lines._collection_receivable_account_ids())
            & Domain("date", "<=", day),
            [],
            ["balance:sum"],
        )
        return {"report": sum(rows.values()), "unposted": rows.get(True, 0.0), "ledger": ledger or 0.0}

    # ------------------------------------------------------------------
    # Actions
    # ------------------------------------------------------------------

    def action_open_document(self):
        """Open the document behind a row; where it is matched with an entry that is not posted, that entry."""
        self.ensure_one()
        return (self.unposted_move_id or self.move_id).action_open_business_doc()

    def action_choose(self):
        """Choose another date, see whether the report ties to the ledger, or download it."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "account_collections.collection_aging_report_open_action"
        )
        day = self.env.context.get("collection_as_of")
        if day:
            action["context"] = {"default_period": "other", "default_date": day}
        return action
