from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from .collection_promise import STATES


class CollectionPromiseInstallment(models.Model):
    _name = "collection.promise.installment"
    _description = "Promised Instalment"
    _inherit = ["collection.guard"]
    _order = "date, id"
    _check_company_auto = True

    promise_id = fields.Many2one("collection.promise", required=True, index=True, ondelete="cascade")
    account_id = fields.Many2one(related="promise_id.account_id")
    partner_id = fields.Many2one(related="promise_id.account_id.partner_id", string="Customer")
    collector_id = fields.Many2one(
        "res.users", related="promise_id.account_id.collector_id", string="Collector", store=False
    )
    user_id = fields.Many2one(related="promise_id.user_id", string="Taken By", store=True)
    company_id = fields.Many2one(related="promise_id.company_id", store=True, precompute=True)
    currency_id = fields.Many2one(related="promise_id.currency_id")
    company_currency_id = fields.Many2one(related="company_id.currency_id", string="Company Currency")
    date = fields.Date(string="Promised For", required=True, index=True)
    amount_currency = fields.Monetary(
        string="Promised",
        currency_field="currency_id",
        compute="_compute_amounts",
        store=True,
        readonly=False,
        precompute=True,
    )
    amount = fields.Monetary(
        string="Promised (Company Currency)",
        currency_field="company_currency_id",
        compute="_compute_amounts",
        store=True,
        readonly=False,
        precompute=True,
    )
    state = fields.Selection(
        [*STATES, ("lapsed", "Lapsed")],
        required=True,
        default="draft",
        readonly=True,
        index=True,
        help="Lapsed: an earlier instalment of the promise was broken.",
    )
    deadline = fields.Date(readonly=True, help="The promised date with the business days of grace.")
    wait_until = fields.Date(
        string="Waits Until", readonly=True, help="The last day on which bank data are waited for."
    )
    amount_due_currency = fields.Monetary(
        string="Owed",
        currency_field="currency_id",
        readonly=True,
        help="The promised amount less what credits, write-offs and older cash took off it.",
    )
    amount_received_currency = fields.Monetary(string="Received in Time", currency_field="currency_id", readonly=True)
    amount_received = fields.Monetary(
        string="Received in Time (Company Currency)", currency_field="company_currency_id", readonly=True
    )
    amount_late_currency = fields.Monetary(string="Received Late", currency_field="currency_id", readonly=True)
    days_late = fields.Integer(readonly=True, aggregator="avg")
    kept_percent = fields.Float(
        string="Kept (%)",
        readonly=True,
        aggregator="avg",
        digits=(16, 1),
        help="100 for a kept instalment, 0 for another one that was judged: their average is the promise-kept rate.",
    )
    answer = fields.Selection(
        [("asked", "Asked"), ("meant", "Meant for the promise"), ("not_meant", "Meant for other items")],
        string="Applied Elsewhere",
        readonly=True,
    )
    due_filter = fields.Selection(
        [("today", "Due today"), ("week", "Due this week"), ("late", "Date passed")],
        string="Due",
        store=False,
        exportable=False,
        search="_search_due_filter",
    )

    _amount_positive = models.Constraint("CHECK(amount_currency > 0)", "A promised amount must be more than zero.")

    # ------------------------------------------------------------------
    # Computes
    # ------------------------------------------------------------------

    @api.depends("promise_id.line_ids.amount", "promise_id.currency_id", "promise_id.line_ids.amount_currency")
    def _compute_amounts(self):
        """The amount that is not given follows from the other, at the ratio of the promised items."""
        for installment in self:
            promise = installment.promise_id
            currency, own = promise.currency_id, promise.company_id.currency_id
            total = sum(promise.line_ids.mapped("amount_currency"))
            ratio = sum(promise.line_ids.mapped("amount")) / total if total else 1.0
            if installment.amount_currency:
                installment.amount = (
                    own.round(installment.amount_currency * ratio) if own else installment.amount_currency
                )
            else:
                amount = installment.amount / (ratio or 1.0)
                installment.amount_currency = currency.round(amount) if currency else amount

    @api.depends("promise_id", "date")
    def _compute_display_name(self):
        for installment in self:
            promise = installment.promise_id
            amount = promise.currency_id.format(installment.amount_currency) if promise.currency_id else ""
            installment.display_name = f"{promise.partner_id.display_name or promise.name} {amount}".strip()

    def _search_due_filter(self, operator, value):
        """By each company's own date: the user may already be a day ahead."""
        if operator != "in":
            return NotImplemented

        def conditions(today):
            return {
                "today": Domain("date", "=", today),
                "week": Domain("date", ">=", today) & Domain("date", "<=", fields.Date.end_of(today, "week")),
                "late": Domain("date", "<", today),
            }

        return Domain.OR(
            Domain("company_id", "=", company.id) & Domain("state", "in", ("open", "pending_application")) & condition
            for company in self.env.companies
            for name, condition in conditions(company._collection_today()).items()
            if name in value
        )

    # ------------------------------------------------------------------
    # What stays as it was
    # ------------------------------------------------------------------

    def _guarded_fields(self):
        return frozenset(
            "state deadline wait_until amount_due_currency amount_received_currency amount_received amount_late_currency"
            " days_late kept_percent answer".split()
        )

    @api.model
    def _is_append_only(self):
        return False

    @api.model_create_multi
    def create(self, vals_list):
        self.env["collection.promise"].browse({vals.get("promise_id") for vals in vals_list} - {None})._check_is_draft()
        return super().create(vals_list)

    def write(self, vals):
        if not self._has_pass():
            self.promise_id._check_is_draft()
            if "promise_id" in vals:
                raise UserError(self.env._("An instalment stays with its promise."))
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_confirmed(self):
        self.promise_id._check_is_draft()

    def action_open_promise(self):
        """Open the promise of this instalment."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "collection.promise",
            "res_id": self.promise_id.id,
            "view_mode": "form",
        }
