from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain


class CollectionWorkLog(models.Model):
    _name = "collection.work.log"
    _description = "Worklist Entry"
    _inherit = ["collection.guard"]
    _order = "date desc, id desc"
    _check_company_auto = True

    name = fields.Char(string="Reference", default="/", readonly=True)
    account_id = fields.Many2one(
        "collection.account", required=True, index=True, ondelete="restrict", check_company=True
    )
    company_id = fields.Many2one(related="account_id.company_id", store=True, precompute=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    user_id = fields.Many2one("res.users", required=True, default=lambda self: self.env.user, readonly=True, index=True)
    date = fields.Datetime(string="When", required=True, default=fields.Datetime.now, readonly=True)
    business_date = fields.Date(required=True, readonly=True, index=True)
    action = fields.Selection([("done", "Done"), ("skip", "Skipped"), ("snooze", "Snoozed")], required=True)
    reason_id = fields.Many2one("collection.work.reason", string="Outcome or Reason", ondelete="restrict")
    outcome = fields.Char(compute="_compute_outcome")
    note = fields.Text()
    next_action = fields.Char()
    next_action_date = fields.Date()
    next_action_time = fields.Float(string="At", aggregator=None, help="Hour of a call-back, in the customer's zone.")
    amount_collectible = fields.Monetary(string="Collectible at That Time", readonly=True)
    is_today = fields.Boolean(string="Today", compute="_compute_is_today", search="_search_is_today")

    @api.depends("reason_id")
    def _compute_outcome(self):
        for log in self:
            log.outcome = log.reason_id.name

    @api.depends("business_date")
    def _compute_is_today(self):
        for log in self:
            log.is_today = log.business_date == log.company_id._collection_today()

    def _search_is_today(self, operator, value):
        """By each company's own date: the user may already be a day ahead."""
        if operator != "in":
            return NotImplemented
        today = Domain.OR(
            Domain("company_id", "=", company.id) & Domain("business_date", "=", company._collection_today())
            for company in self.env.companies
        )
        return today if True in value else ~today

    @api.constrains("action", "reason_id", "next_action_date", "note")
    def _check_complete(self):
        for log in self:
            if log.action in ("done", "skip") and not log._has_outcome():
                what = self.env._("an outcome") if log.action == "done" else self.env._("a reason")
                raise ValidationError(
                    self.env._("%(account)s: choose %(what)s first.", account=log.account_id.display_name, what=what)
                )
            if log.action == "done" and log.next_action_date and log.next_action_date < log.business_date:
                raise ValidationError(
                    self.env._(
                        "%(account)s: the next action cannot be in the past.", account=log.account_id.display_name
                    )
                )
            if log.action == "snooze" and not (log.next_action_date and log.next_action_date > log.business_date):
                raise ValidationError(
                    self.env._("%(account)s: snoozing needs a date after today.", account=log.account_id.display_name)
                )
            if log.reason_id.note_required and not (log.note or "").strip():
                raise ValidationError(self.env._("“%(reason)s” needs a note.", reason=log.reason_id.name))

    def _has_outcome(self):
        """Whether it is said what came of it; rooms above know other outcomes than these."""
        self.ensure_one()
        return bool(self.reason_id)

    def _apply_stages(self):
        """Bring the accounts to the stage that each outcome leads to."""
        done = self.filtered(lambda log: log.action == "done")
        for reason, logs in done.grouped("reason_id").items():
            if reason.stage:
                logs.account_id._set_stage(reason.stage, reason.name, logs if len(logs) == 1 else None)

    def _guarded_fields(self):
        return frozenset(self._fields)
