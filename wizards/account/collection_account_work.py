from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError


class CollectionAccountWork(models.TransientModel):
    _name = "collection.account.work"
    _description = "Worklist: Done, Skip or Snooze"

    action = fields.Selection([("done", "Done"), ("skip", "Skip"), ("snooze", "Snooze")], required=True, default="done")
    account_ids = fields.Many2many("collection.account", string="Accounts", required=True)
    account_count = fields.Integer(compute="_compute_account_count")
    reason_id = fields.Many2one(
        "collection.work.reason",
        string="Outcome",
        compute="_compute_reason_id",
        store=True,
        readonly=False,
        domain="[('action', '=', action)]",
    )
    opened_on = fields.Datetime(default=fields.Datetime.now, readonly=True)
    others_text = fields.Text(compute="_compute_others_text", string="Others Today")
    note = fields.Text()
    next_action = fields.Char()
    next_action_date = fields.Date(string="On", compute="_compute_next_action_date", store=True, readonly=False)

    next_action_time = fields.Float(string="At", help="Hour of a call-back, in the customer's zone. 0:00: no time.")
    callback_text = fields.Char(string="Call-back", compute="_compute_callback_text")

    @api.depends("account_ids", "next_action_date", "next_action_time")
    def _compute_callback_text(self):
        """The agreed moment on both clocks, before it is saved."""
        for wizard in self:
            account = wizard.account_ids if len(wizard.account_ids) == 1 else wizard.account_ids.browse()
            given = account and wizard.next_action_date and 0 < wizard.next_action_time < 24
            wizard.callback_text = given and account._moment_text(
                account._callback_moment(wizard.next_action_date, wizard.next_action_time)
            )

    @api.depends("account_ids")
    def _compute_others_text(self):
        for wizard in self:
            wizard.others_text = wizard._others(wizard.account_ids._origin._others_at_work()) or False

    def _others(self, said):
        """Who did what, an account a line."""
        return "\n".join(f"{account.display_name}: {' '.join(sentences)}" for account, sentences in said.items())

    @api.depends("account_ids")
    def _compute_account_count(self):
        for wizard in self:
            wizard.account_count = len(wizard.account_ids)

    @api.depends("action")
    def _compute_reason_id(self):
        for wizard in self:
            if wizard.reason_id.action != wizard.action:
                wizard.reason_id = False

    @api.depends("reason_id")
    def _compute_next_action_date(self):
        for wizard in self:
            company = wizard.account_ids.company_id[:1] or self.env.company
            days = wizard.reason_id.next_action_days
            if days:
                wizard.next_action_date = company._collection_add_business_days(company._collection_today(), days)
            else:
                wizard.next_action_date = wizard.next_action_date

    def action_apply(self):
        """Log the outcome and close."""
        self.ensure_one()
        if not self.account_ids:
            raise ValidationError(self.env._("Choose at least one account."))
        meanwhile = self.account_ids._others_at_work(since=self.opened_on)
        if meanwhile:
            raise UserError(
                self.env._(
                    "While you had this open, somebody else worked on it. Close it and look again.\n%(who)s",
                    who=self._others(meanwhile),
                )
            )
        at = self.next_action_time if self.next_action_date else 0.0
        self.account_ids._work(self.action, self.reason_id, self.note, self.next_action, self.next_action_date, at)
        return {"type": "ir.actions.act_window_close"}

    def action_apply_next(self):
        """Log the outcome and open the next account of the worklist."""
        self.action_apply()
        return self.account_ids.action_next()


class CollectionAccount(models.Model):
    _inherit = "collection.account"

    def _action_work(self, action, title):
        if len(self) == 1:
            title = self.env._("%(title)s: %(customer)s", title=title, customer=self.display_name)
        return {
            "type": "ir.actions.act_window",
            "name": title,
            "res_model": "collection.account.work",
            "view_mode": "form",
            "target": "new",
            "context": {"default_action": action, "default_account_ids": self.ids},
        }

    def action_work_done(self):
        """Ask for the outcome and the next action, then take the accounts off today's list."""
        return self._action_work("done", self.env._("Done"))

    def action_work_skip(self):
        """Ask for the reason, then leave the accounts out for today."""
        return self._action_work("skip", self.env._("Skip for Today"))

    def action_work_snooze(self):
        """Ask for a date, then keep the accounts off the list until then."""
        return self._action_work("snooze", self.env._("Snooze"))
