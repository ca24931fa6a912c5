from odoo import api, fields, models
from odoo.exceptions import UserError

STATES = [
    ("draft", "Draft"),
    ("link_sent", "Waiting for Payment"),
    ("charging", "Being Charged"),
    ("pending", "Pending"),
    ("authorized", "Authorized"),
    ("done", "Paid"),
    ("declined", "Declined"),
    ("cancelled", "Withdrawn"),
    ("expired", "Expired"),
    ("partly_refunded", "Partly Refunded"),
    ("refunded", "Refunded"),
    ("charged_back", "Charged Back"),
]
METHODS = [
    ("link", "Payment link"),
    ("token", "Saved card"),
    ("keyed", "Keyed on the provider's page"),
]
# May still become a charge: no second one is begun for the same amounts.
LIVE = ("link_sent", "charging", "pending", "authorized")
# The money may be on its way.
HOLDING = ("charging", "pending", "authorized")
PAID = ("done", "partly_refunded", "refunded", "charged_back")
# What a person enters; fixed once the customer may pay.
_ENTERED = {"account_id", "line_ids", "method", "token_id", "payer_id", "consent_name", "consent_text"}


class CollectionCardPayment(models.Model):
    """One charge over open items of one customer, made during a call through a provider of Odoo. No card number is ever kept."""

    _name = "collection.card.payment"
    _description = "Card Payment"
    _inherit = ["collection.guard", "mail.thread", "mail.activity.mixin"]
    _order = "id desc"
    _check_company_auto = True
    _mail_post_access = "read"

    name = fields.Char(
        string="Reference",
        default="/",
        readonly=True,
        copy=False,
        help="The provider knows the charge by this reference: a charge whose answer was lost is found again by it.",
    )
    account_id = fields.Many2one(
        "collection.account",
        required=True,
        index=True,
        ondelete="restrict",
        check_company=True,
        domain=[("partner_id", "!=", False)],
    )
    partner_id = fields.Many2one(related="account_id.partner_id", string="Customer")
    company_id = fields.Many2one(related="account_id.company_id", store=True, precompute=True)
    company_currency_id = fields.Many2one(related="company_id.currency_id", string="Company Currency")
    currency_id = fields.Many2one(
        "res.currency", required=True, readonly=True, help="The currency of the items; one charge is in one currency."
    )
    line_ids = fields.One2many("collection.card.payment.line", "payment_id", string="Items")
    amount_currency = fields.Monetary(
        string="Amount", currency_field="currency_id", compute="_compute_amounts", store=True
    )
    amount = fields.Monetary(
        string="Amount (Company Currency)",
        currency_field="company_currency_id",
        compute="_compute_amounts",
        store=True,
    )
    amount_applied_currency = fields.Monetary(
        string="Applied", currency_field="currency_id", compute="_compute_amounts", store=True
    )
    amount_unapplied_currency = fields.Monetary(
        string="Unapplied Credit",
        currency_field="currency_id",
        readonly=True,
        help="Received for what had been paid elsewhere meanwhile: it stays as a credit of the customer.",
    )
    amount_returned_currency = fields.Monetary(string="Given Back", currency_field="currency_id", readonly=True)
    method = fields.Selection(METHODS, string="How", required=True, default="link")
    state = fields.Selection(STATES, required=True, default="draft", readonly=True, index=True, tracking=True)
    user_id = fields.Many2one(
        "res.users", string="Taken By", required=True, default=lambda self: self.env.user, readonly=True, index=True
    )

    # Who agreed to what
    payer_id = fields.Many2one(
        "res.partner",
        index="btree_not_null",
        ondelete="restrict",
        domain="[('commercial_partner_id', '=', partner_id)]",
        help="Who pays on the phone; gets the link and the receipt.",
    )
    consent_name = fields.Char(string="Agreed By", help="Who agreed to the charge, as they gave their name.")
    consent_text = fields.Text(string="Agreed To", help="The words that were read to the payer.")
    consent_on = fields.Datetime(string="Agreed On", readonly=True, copy=False)
    paused_on = fields.Datetime(
        string="Recording Paused",
        readonly=True,
        copy=False,
        help="When the taker confirmed that the recording of the call was paused.",
    )

    # At the provider
    token_id = fields.Many2one("payment.token", string="Saved Card", ondelete="set null", copy=False)
    transaction_id = fields.Many2one("payment.transaction", readonly=True, ondelete="restrict", index="btree_not_null")
    transaction_ids = fields.One2many("payment.transaction", "collection_card_payment_id", string="Attempts")
    provider_name = fields.Char(string="Provider", readonly=True)
    provider_reference = fields.Char(readonly=True)
    card_brand = fields.Char(readonly=True)
    last_four = fields.Char(string="Last Four Digits", readonly=True)
    card_text = fields.Char(string="Card", compute="_compute_card_text")
    authorization_code = fields.Char(readonly=True)
    decline_count = fields.Integer(string="Declined Attempts", readonly=True, aggregator=None)
    decline_reason = fields.Char(string="Why Declined", readonly=True)
    closed_reason = fields.Char(string="Why It Ended", readonly=True)
    paid_on = fields.Datetime(readonly=True)
    unclear_since = fields.Datetime(
        readonly=True,
        help="The provider did not answer: whether the card was charged is not known. It is never charged a second time.",
    )

    # Link
    access_token = fields.Char(readonly=True, copy=False, groups="base.group_system")
    link_url = fields.Char(string="Payment Link", compute="_compute_link_url")
    link_expires_on = fields.Datetime(string="Link Ends On", readonly=True)
    mail_id = fields.Many2one("mail.mail", string="Link E-mail", readonly=True, ondelete="set null", copy=False)
    mail_to = fields.Char(string="Link Sent To", readonly=True)
    mail_text = fields.Char(string="Link E-mail Status", compute="_compute_mail_text")

    # Receipt
    receipt_number = fields.Char(readonly=True, copy=False, index="btree_not_null")
    receipt_on = fields.Datetime(string="Receipt Issued", readonly=True)
    receipt_count = fields.Integer(
        string="Receipts Issued",
        readonly=True,
        aggregator=None,
        help="Printed or mailed; all but the first are marked as duplicates.",
    )
    receipt_mail_id = fields.Many2one(
        "mail.mail", string="Receipt E-mail", readonly=True, ondelete="set null", copy=False
    )
    receipt_mail_to = fields.Char(string="Receipt Sent To", readonly=True)
    receipt_mail_tries = fields.Integer(readonly=True)
    receipt_mail_due = fields.Boolean(string="Receipt to Be Mailed", readonly=True)
    receipt_mail_error = fields.Char(string="Receipt Not Mailed Because", readonly=True)
    receipt_mail_text = fields.Char(string="Receipt E-mail Status", compute="_compute_mail_text")
    amount_received_currency = fields.Monetary(
        string="Received", currency_field="currency_id", readonly=True, help="What the receipt is for."
    )
    balance_left_currency = fields.Monetary(
        string="Balance Left",
        currency_field="currency_id",
        readonly=True,
        help="What the customer owed in this currency right after the payment.",
    )

    return_ids = fields.One2many("collection.card.return", "payment_id", string="Refunds and Chargebacks")
    return_count = fields.Integer(string="Returns", compute="_compute_return_count")
    request_key = fields.Char(readonly=True, copy=False)

    _once = models.UniqueIndex("(request_key) WHERE request_key IS NOT NULL", "This charge was begun already.")
    _receipt_once = models.UniqueIndex(
        "(company_id, receipt_number) WHERE receipt_number IS NOT NULL", "This receipt number is taken."
    )
    _live_idx = models.Index(
        "(account_id) WHERE state IN ('link_sent', 'charging', 'pending', 'authorized')",
    )
    _mail_due_idx = models.Index("(id) WHERE receipt_mail_due")
    _last_four_only = models.Constraint(
        "CHECK(last_four IS NULL OR LENGTH(last_four) <= 4)", "Of a card only the last four digits are kept."
    )

    # ------------------------------------------------------------------
    # Computes
    # ------------------------------------------------------------------

    @api.depends("line_ids.amount_currency", "line_ids.amount", "line_ids.amount_applied_currency")
    def _compute_amounts(self):
        for payment in self:
            lines = payment.line_ids
            payment.amount_currency = sum(lines.mapped("amount_currency"))
            payment.amount = sum(lines.mapped("amount"))
            payment.amount_applied_currency = sum(lines.mapped("amount_applied_currency"))

    @api.depends("name", "partner_id")
    def _compute_display_name(self):
        for payment in self:
            payment.display_name = f"{payment.name} {payment.partner_id.display_name or ''}".strip()

    @api.depends("card_brand", "last_four")
    def _compute_card_text(self):
        for payment in self:
            digits = f"•••• {payment.last_four}" if payment.last_four else ""
            payment.card_text = f"{payment.card_brand or ''} {digits}".strip()

    @api.depends("mail_id.state", "receipt_mail_id.state", "receipt_mail_error")
    def _compute_mail_text(self):
        states = dict(self.env["mail.mail"]._fields["state"]._description_selection(self.env))

        def said(mail):
            return f"{states[mail.state]}: {mail.failure_reason}" if mail.failure_reason else states.get(mail.state)

        for payment in self:
            # Mails are the system's; how they fared is for whoever sees the payment.
            mail, receipt = payment.sudo().mail_id, payment.sudo().receipt_mail_id
            payment.mail_text = said(mail) if mail else False
            payment.receipt_mail_text = payment.receipt_mail_error or (said(receipt) if receipt else False)

    @api.depends("return_ids")
    def _compute_return_count(self):
        for payment in self:
            payment.return_count = len(payment.return_ids)

    # ------------------------------------------------------------------
    # What stays as it was
    # ------------------------------------------------------------------

    def _guarded_fields(self):
        return frozenset(
            "name state currency_id user_id amount_applied_currency amount_unapplied_currency amount_returned_currency"
            " consent_on paused_on transaction_id transaction_ids provider_name provider_reference card_brand last_four"
            " authorization_code decline_count decline_reason closed_reason paid_on unclear_since access_token link_expires_on"
            " mail_id mail_to receipt_number receipt_on receipt_count receipt_mail_id receipt_mail_to receipt_mail_tries"
            " receipt_mail_due receipt_mail_error amount_received_currency balance_left_currency return_ids".split()
        )

    @api.model_create_multi
    def create(self, vals_list):
        """A draft: nothing is charged and no link exists yet.

        :raise ValidationError: an item is not the customer's, or less of it is open than is to be charged
        """
        self._check_guard({name for vals in vals_list for name in vals})
        prepared = []
        for given, name in zip(vals_list, self._next_references(self._name, len(vals_list))):
            vals = {**given, "name": name, "user_id": self.env.uid}
            vals["currency_id"] = self._currency_of(vals).id
            prepared.append(vals)
        payments = super(CollectionCardPayment, self._without_guarded_defaults()._unguarded()).create(prepared)
        payments = payments.with_env(self.env)
        payments._check_draft()
        return payments

    @api.model
    def _currency_of(self, vals):
        """The currency of the first item, else the company's."""
        for command in vals.get("line_ids") or ():
            if len(command) > 2 and isinstance(command[2], dict) and command[2].get("move_line_id"):
                return self.env["account.move.line"].browse(command[2]["move_line_id"]).currency_id
        return (
            self.env["collection.account"].browse(vals.get("account_id") or ()).currency_id
            or self.env.company.currency_id
        )

    def write(self, vals):
        changes = _ENTERED & vals.keys()
        if changes and not self._has_pass():
            self._check_is_draft()
        result = super().write(vals)
        if changes and not self._has_pass():
            self._check_draft()
        return result

    def _check_is_draft(self):
        if not self._has_pass() and (fixed := self.filtered(lambda each: each.state != "draft")):
            raise UserError(
                self.env._(
                    "%(payment)s was begun: what is charged stays as it is. Withdraw it and begin a new one.",
                    payment=fixed[0].name,
                )
            )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_append_only(self):
        """A draft that nobody charged may go."""
        return super(
            CollectionCardPayment, self.filtered(lambda each: each.state != "draft")
        )._unlink_except_append_only()
