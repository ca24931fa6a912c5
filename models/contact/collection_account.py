import pytz

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL
from odoo.tools.misc import formatLang


class CollectionAccount(models.Model):
    """Contacts with the customer: whom to speak to, what was said last, and how to log what is said now."""

    _inherit = "collection.account"

    contact_activity_ids = fields.Many2many(
        "collection.activity",
        "collection_activity_account_rel",
        "account_id",
        "activity_id",
        string="Contacts",
        readonly=True,
    )
    call_contact_id = fields.Many2one(
        "res.partner", compute="_compute_call_contact_id", help="Whom to call: accounts payable, else the customer."
    )
    call_contact_phone = fields.Char(compute="_compute_call_contact_id", string="Phone to Call")
    people_ids = fields.Many2many("res.partner", compute="_compute_people_ids")

    # ------------------------------------------------------------------
    # People
    # ------------------------------------------------------------------

    def _contact_candidates(self):
        """Whom to reach, the best first: accounts payable, the invoice contact, the customer. Rooms put theirs in front."""
        self.ensure_one()
        customer = self.partner_id
        invoice = customer.child_ids.filtered(lambda contact: contact.type == "invoice")
        return [customer.collection_ap_contact_id, *invoice, customer]

    def _default_contact(self, channel):
        """The person to reach by a channel (SPEC §2); none where nobody can or may be reached by it."""
        self.ensure_one()
        may = {
            "call": lambda person: person._collection_may_call(),
            "email": lambda person: person._collection_may_write(),
        }.get(channel, bool)
        persons = [person for person in self._contact_candidates() if person and person.active]
        return next((person for person in persons if may(person)), self.env["res.partner"])

    @api.depends("partner_id.phone", "ap_contact_id.phone")
    def _compute_call_contact_id(self):
        for account in self:
            account.call_contact_id = account._default_contact("call")
            account.call_contact_phone = account.call_contact_id.phone

    def _compute_people_ids(self):
        """The customer and its contacts, those first who are called first."""
        for account in self:
            customer = account.partner_id
            first = account.call_contact_id | customer.collection_ap_contact_id | customer
            account.people_ids = first | customer.child_ids.filtered(lambda contact: not contact.is_company)

    def _compute_local_time(self):
        for account in self:
            person = (account.call_contact_id or account.partner_id).with_company(account.company_id)
            account.local_time = person._collection_local_time() if person else False

    @api.depends("partner_id.collection_zones", "ap_contact_id.collection_zones")
    def _compute_callback_at(self):
        """The moment of a call-back moves with the zone of whoever is called."""
        return super()._compute_callback_at()

    def _customer_zone(self):
        person = (self.call_contact_id or self.partner_id).with_company(self.company_id)
        return pytz.timezone(person._collection_timezone()[0]) if person else super()._customer_zone()

    # ------------------------------------------------------------------
    # The last contact
    # ------------------------------------------------------------------

    def _note_contact(self):
        """Remember the latest contact with the right party on these accounts."""
        self._recompute_last_contact(keep_later=True)

    def _recompute_last_contact(self, keep_later=False):
        """Bring the date of the last contact in line with the contacts that count."""
        if not self.ids:
            return
        self.env["collection.activity"].flush_model()
        self.env.flush_all()
        dates = dict(
            self.env.execute_query(
                SQL(
                    "SELECT r.account_id, MAX(a.business_date) FROM collection_activity a"
                    " JOIN collection_activity_account_rel r ON r.activity_id = a.id"
                    " WHERE a.is_right_party AND a.state = 'done' AND a.sales_partner_id IS NULL AND r.account_id IN %s"
                    " GROUP BY r.account_id",
                    tuple(self.ids),
                )
            )
        )
        for account in self:
            last = dates.get(account.id)
            if keep_later and account.last_contact_date and (not last or account.last_contact_date > last):
                continue
            if account.last_contact_date != last:
                account._unguarded().last_contact_date = last

    @api.model
    def _attempt_queries(self, ids, since):
        """Calls without the right party, and contacts with it, count for *unreachable*; those with sales partners do not."""
        return [
            *super()._attempt_queries(ids, since),
            SQL(
                """SELECT r.account_id, c.date AS moment, c.is_attempt AND NOT c.is_right_party, c.is_right_party
                     FROM collection_activity c JOIN collection_activity_account_rel r ON r.activity_id = c.id
                    WHERE c.state = 'done' AND (c.is_attempt OR c.is_right_party) AND c.sales_partner_id IS NULL
                      AND r.account_id IN %s AND c.business_date >= %s""",
                ids,
                since,
            ),
        ]

    # ------------------------------------------------------------------
    # Scripts
    # ------------------------------------------------------------------

    def _call_script(self, contact=None):
        """What to say on the phone to the customer today. A room that knows of a step puts its own in front."""
        self.ensure_one()
        scripts = self.env["collection.call.script"].search(
            [("company_id", "in", (False, self.company_id.id)), ("stage", "in", (False, self.stage))]
        )
        script = scripts.filtered("stage")[:1] or scripts[:1]
        return script._fill(self, contact) if script else False

    def _fill_script(self, text, contact=None):
        """A script with the account's particulars in place of its {words}; what is not known stays as it is written."""
        self.ensure_one()
        person = contact or self.call_contact_id or self.partner_id
        values = {
            "contact": person.name or "",
            "customer": self.display_name,
            "company": self.company_id.name,
            "collectible": formatLang(self.env, self.amount_collectible, currency_obj=self.currency_id),
            "overdue": formatLang(self.env, self.amount_overdue, currency_obj=self.currency_id),
            "days": str(self.oldest_days),
        }
        for name, value in values.items():
            text = text.replace("{" + name + "}", value)
        return text

    # ------------------------------------------------------------------
    # Actions
    # ------------------------------------------------------------------

    def action_log_contact(self):
        """Open the dialog in which a contact is logged that has taken place: a call received, a letter, a meeting."""
        self.check_access("write")
        main = self[:1]
        return self._action_contact(
            {
                "default_account_id": main.id,
                "default_account_ids": self.ids,
                "default_contact_id": main._default_contact("call").id if len(self) == 1 else False,
                "default_date": fields.Datetime.to_string(fields.Datetime.now()),
                "collection_several": len(self) > 1,
            }
        )

    def action_call(self):
        """Begin a call: the dialog opens with the clock running, or says why the call may not begin now.

        Context `collection_contact_id`: whom to call (default: by the recipient rule).
        """
        self.ensure_one()
        self.check_access("write")
        contact = self.env["res.partner"].browse(self.env.context.get("collection_contact_id")).exists()
        contact = contact or self.call_contact_id
        if not contact.phone:
            raise UserError(self.env._("%(customer)s has no phone number.", customer=self.display_name))
        obstacles = self._call_obstacles(contact, fields.Datetime.now(), self.company_id)
        allowed = self.call_allowed_until and self.call_allowed_until >= fields.Datetime.now()
        if obstacles and ("do_not_call" in obstacles or not allowed):
            return self._action_call_blocked(contact, obstacles)
        return self._begin_call(contact)

    def _begin_call(self, contact, exception=False):
        """Begin an outbound call and open its dialog.

        :raise UserError: the call may not begin now
        """
        self.ensure_one()
        activity = self.env["collection.activity"].create(
            {
                "account_id": self.id,
                "contact_id": contact.id,
                "channel": "call",
                "direction": "out",
                "timer_running": True,
                "call_exception": exception,
            }
        )
        action = self._action_contact({"collection_dial": contact.phone})
        return {**action, "res_id": activity.id}

    def _action_contact(self, context):
        kept = ("collection_list_ids",)
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Log Contact"),
            "res_model": "collection.activity",
            "view_mode": "form",
            "views": [(self.env.ref("account_collections.collection_activity_view_form_dialog").id, "form")],
            "target": "new",
            "context": {**{key: self.env.context[key] for key in kept if key in self.env.context}, **context},
        }

    def _action_call_blocked(self, contact, obstacles):
        """What to show when a call may not begin; the dialog of the wizards' floor takes its place."""
        raise UserError("\n".join(obstacles.values()))
