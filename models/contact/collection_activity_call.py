from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

# A call that begins within this time is one that is being made, not one that is logged afterwards.
_PRESENT = timedelta(minutes=5)


class CollectionActivity(models.Model):
    """Calls: when one may begin (SPEC §3), and how long it takes."""

    _inherit = "collection.activity"

    is_live = fields.Boolean(
        string="Call Begun", readonly=True, help="The call was begun from here, and its start was checked."
    )
    timer_running = fields.Boolean(help="The minutes are counted until the contact is saved or the clock is stopped.")
    outside_window = fields.Boolean(
        string="Outside Call Hours", readonly=True, help="The outbound call began outside the hours of the customer."
    )
    over_limit = fields.Boolean(
        string="Over the Limit", readonly=True, help="The customer had been called as often as allowed."
    )
    call_exception = fields.Selection(
        [
            ("return_call", "Returning a call"),
            ("asked", "The customer asked for this time"),
            ("manager", "A manager's decision"),
        ],
        string="Why Outside the Rules",
    )
    allowed_by_id = fields.Many2one("res.users", readonly=True)
    customer_time = fields.Char(string="Customer's Time", compute="_compute_customer_time")
    customer_time_began = fields.Char(string="Customer's Time When It Began", readonly=True)
    callback_text = fields.Char(string="Call-back", compute="_compute_callback_text")
    script = fields.Text(compute="_compute_script", help="What to say.")

    def _guarded_fields(self):
        return super()._guarded_fields() | {
            "is_live",
            "outside_window",
            "over_limit",
            "allowed_by_id",
            "customer_time_began",
        }

    # ------------------------------------------------------------------
    # Computes
    # ------------------------------------------------------------------

    @api.depends("contact_id", "account_id", "sales_partner_id")
    def _compute_customer_time(self):
        for activity in self:
            person = activity._called_person()
            activity.customer_time = (
                person.with_company(activity.company_id)._collection_local_time() if person else False
            )

    @api.depends("account_id", "next_action_date", "next_action_time")
    def _compute_callback_text(self):
        """The agreed moment on both clocks, before it is saved."""
        for activity in self:
            account, hour = activity.account_id, activity.next_action_time
            given = account and activity.next_action_date and 0 < hour < 24
            activity.callback_text = given and account._moment_text(
                account._callback_moment(activity.next_action_date, hour)
            )

    @api.depends("account_id", "sales_partner_id", "contact_id", "channel", "direction")
    def _compute_script(self):
        for activity in self:
            calling = activity._is_call_out() and activity._called_accounts()[:1]
            activity.script = activity.account_id._call_script(activity.contact_id) if calling else False

    # ------------------------------------------------------------------
    # The start of a call
    # ------------------------------------------------------------------

    def _is_call_out(self):
        self.ensure_one()
        return self.channel == "call" and self.direction == "out"

    def _called_person(self):
        self.ensure_one()
        return self.contact_id or self.sales_partner_id or self.account_id.partner_id

    def _called_accounts(self):
        """The accounts whose customers are called: none where a sales partner is called about them."""
        self.ensure_one()
        return self.account_ids.browse() if self.sales_partner_id else self.account_ids | self.account_id

    def _is_present(self):
        """Whether the contact begins now, rather than being logged afterwards."""
        self.ensure_one()
        return fields.Datetime.now() - self.date <= _PRESENT

    def _check_begun(self):
        """Check the start of outbound calls that are being made now, and remember how it stood with all others.

        :raise UserError: a call may not begin now
        """
        for activity in self.filtered(lambda each: each.state == "draft" and not each.is_live and each._is_call_out()):
            person = activity._called_person()
            person = person.with_company(activity.company_id)
            rules = activity._broken_rules(person)
            allowed_by = self.env["res.users"]
            if activity._is_present():
                if rules:
                    allowed_by = activity._allow_or_refuse(rules)
                activity._unguarded().write({"is_live": True, "allowed_by_id": allowed_by.id})
            activity._unguarded().write(
                {
                    "outside_window": "window" in rules,
                    "over_limit": "limit" in rules,
                    "customer_time_began": person._collection_local_time(activity.date),
                }
            )

    def _broken_rules(self, person):
        """Why the call may not begin: dict of rule (`do_not_call`, `window`, `limit`) to the sentence that says so."""
        self.ensure_one()
        return self._called_accounts()._call_obstacles(person, self.date, self.company_id, leave_out=self)

    def _allow_or_refuse(self, rules):
        """Whoever lets a call begin against the rules; nobody refuses.

        A collector may return a call, or call when the customer asked for it; do-not-call binds everybody.

        :return: `res.users`
        """
        self.ensure_one()
        user = self.env.user
        if "do_not_call" not in rules:
            if self.call_exception in ("return_call", "asked") and rules.keys() == {"window"}:
                return user
            if self.call_exception == "manager" and user.has_group("account_collections.group_manager"):
                return user
            allowing = self._called_accounts()._use_call_allowance()
            if allowing:
                self.call_exception = "manager"
                return allowing
        if not self.timer_running:
            rules["hint"] = self.env._("If the call took place earlier, enter when.")
        raise UserError("\n".join(rules.values()))

    def _on_the_phone_text(self):
        """Who is on the phone at this moment, for whoever else opens an account that is talked about."""
        self.ensure_one()
        user, time = self.user_id.name, self.company_id._collection_local_time(self.date)
        partner = self.sales_partner_id.name
        if partner:
            return self.env._(
                "%(user)s is on the phone with %(partner)s about them since %(time)s.",
                user=user,
                partner=partner,
                time=time,
            )
        return self.env._("%(user)s is on the phone with them since %(time)s.", user=user, time=time)
