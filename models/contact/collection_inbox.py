from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import parse_contact_from_email


class CollectionInbox(models.Model):
    """Mails to the company's Collections address whose sender is no customer's contact."""

    _name = "collection.inbox"
    _description = "Unmatched E-mail"
    _inherit = ["collection.guard", "mail.thread", "mail.activity.mixin"]
    _order = "create_date desc, id desc"
    _check_company_auto = True
    _mail_post_access = "read"

    name = fields.Char(string="Subject", readonly=True)
    email_from = fields.Char(string="From", readonly=True)
    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    account_id = fields.Many2one(
        "collection.account",
        index="btree_not_null",
        check_company=True,
        ondelete="restrict",
        help="The customer's account that this mail belongs to.",
    )
    remember_sender = fields.Boolean(
        default=True,
        help="Add the address to the customer's contacts, so that the next mail finds the account by itself.",
    )
    state = fields.Selection(
        [("new", "New"), ("assigned", "Assigned"), ("dismissed", "Dismissed")],
        default="new",
        required=True,
        readonly=True,
    )
    decided_by_id = fields.Many2one("res.users", readonly=True)
    decided_on = fields.Datetime(readonly=True)

    def _guarded_fields(self):
        return frozenset({"name", "email_from", "company_id", "state", "decided_by_id", "decided_on"})

    @api.model
    def _mail_get_primary_email_field(self):
        return "email_from"

    @api.model
    def message_new(self, msg_dict, custom_values=None):
        """Keep the mail, and give somebody the task to say whose it is."""
        entry = super(CollectionInbox, self._unguarded()).message_new(msg_dict, custom_values).with_env(self.env)
        entry._add_task(
            self.env._("Whose e-mail is this?"),
            self.env._("The sender is no contact of a customer with an account. Assign the mail, or dismiss it."),
        )
        return entry

    def _add_task(self, summary, note):
        """Give the AR manager, else whoever is at work, something to do today."""
        self.ensure_one()
        user = self.company_id.collection_manager_id or self.env.user
        return self.activity_schedule(
            "mail.mail_activity_data_todo",
            self.company_id._collection_today(),
            summary=summary,
            note=note,
            user_id=user.id,
        )

    # ------------------------------------------------------------------
    # Actions
    # ------------------------------------------------------------------

    def action_assign(self):
        """Move the mail to the chosen account."""
        self.check_access("write")
        for entry in self:
            if not entry.account_id:
                raise UserError(self.env._("Choose the account first."))
            entry._decide("assigned")
            entry._move_messages()
            if entry.remember_sender:
                entry._remember_sender()
        if len(self) == 1:
            return self.account_id.action_open()

    def action_dismiss(self):
        """Nothing for Collections: advertising, a wrong address."""
        self.check_access("write")
        self._decide("dismissed")

    def _decide(self, state):
        self._update_state(("new",), state, decided_by_id=self.env.uid, decided_on=fields.Datetime.now())
        self.sudo().activity_ids.unlink()  # the task may be a colleague's

    def _move_messages(self):
        """The mail, its files and what was withheld of it belong to the account from now on."""
        account = self.account_id
        messages = self.sudo().message_ids.filtered(lambda message: message.message_type == "email")
        messages.write({"model": account._name, "res_id": account.id})
        messages.attachment_ids.write({"res_model": account._name, "res_id": account.id})
        withheld = self.env["collection.withheld"].sudo().search([("inbox_id", "=", self.id)])
        withheld._unguarded().write({"account_id": account.id})
        for message in messages:
            account._collection_reply_received(message)

    def _remember_sender(self):
        """Add the address to the customer's contacts, if it is nobody's."""
        Partner = self.env["res.partner"]
        name, address = parse_contact_from_email(self.email_from or "")
        customer = self.account_id.partner_id
        if not address or not customer or Partner.search_count([("email_normalized", "=", address.lower())], limit=1):
            return
        # Whoever may assign mails may name who wrote them.
        Partner.sudo().create(
            {
                "name": name or address,
                "email": address,
                "parent_id": customer.id,
                "type": "contact",
                "company_id": customer.company_id.id,
            }
        )
