from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError

from .collection_card_payment import PAID

STATES = [
    ("draft", "Draft"),
    ("waiting", "Waiting for Approval"),
    ("sent", "At the Provider"),
    ("done", "Done"),
    ("refused", "Refused"),
    ("failed", "Failed"),
    ("cancelled", "Withdrawn"),
]
OPEN = ("draft", "waiting", "sent")
_FACTS = {"payment_id", "kind", "reason", "date", "line_ids"}


class CollectionCardReturn(models.Model):
    """Money of a card payment that goes back: a refund that is asked for and approved, or a chargeback that a person records."""

    _name = "collection.card.return"
    _description = "Card Refund or Chargeback"
    _inherit = ["collection.approval.mixin", "mail.thread", "mail.activity.mixin"]
    _order = "id desc"
    _check_company_auto = True
    _mail_post_access = "read"

    name = fields.Char(string="Reference", default="/", readonly=True, copy=False)
    payment_id = fields.Many2one(
        "collection.card.payment",
        string="Card Payment",
        required=True,
        index=True,
        ondelete="restrict",
        check_company=True,
    )
    account_id = fields.Many2one(related="payment_id.account_id", store=True, index=True, precompute=True)
    partner_id = fields.Many2one(related="payment_id.partner_id")
    company_id = fields.Many2one(related="payment_id.company_id", store=True, precompute=True)
    currency_id = fields.Many2one(related="payment_id.currency_id")
    kind = fields.Selection(
        [("refund", "Refund"), ("chargeback", "Chargeback")],
        required=True,
        default="refund",
        help="Refund: we give the money back through the provider. Chargeback: the card's bank took it back.",
    )
    reason = fields.Char(required=True)
    date = fields.Date(help="The day on which the money went back.")
    line_ids = fields.One2many("collection.card.return.line", "return_id", string="Items")
    amount_currency = fields.Monetary(
        string="Amount", currency_field="currency_id", compute="_compute_amount_currency", store=True
    )
    state = fields.Selection(STATES, required=True, default="draft", readonly=True, index=True, tracking=True)
    user_id = fields.Many2one(
        "res.users", string="Asked By", required=True, default=lambda self: self.env.user, readonly=True
    )
    transaction_ids = fields.One2many("payment.transaction", "collection_return_id", string="Transactions")
    move_payment_id = fields.Many2one("account.payment", string="Booked As", readonly=True, ondelete="restrict")
    failure = fields.Char(string="Why It Failed", readonly=True)
    unclear_since = fields.Datetime(
        readonly=True, help="The provider did not answer: it is not refunded a second time."
    )

    @api.depends("line_ids.amount_currency")
    def _compute_amount_currency(self):
        for record in self:
            record.amount_currency = sum(record.line_ids.mapped("amount_currency"))

    @api.depends("name", "payment_id")
    def _compute_display_name(self):
        for record in self:
            record.display_name = f"{record.name} ({record.payment_id.name})"

    def _guarded_fields(self):
        return super()._guarded_fields() | frozenset(
            {"name", "state", "user_id", "transaction_ids", "move_payment_id", "failure", "unclear_since"}
        )

    @api.model_create_multi
    def create(self, vals_list):
        """A draft; without lines all that is left of the payment goes back."""
        self._check_guard({name for vals in vals_list for name in vals})
        prepared = []
        for given, name in zip(vals_list, self._next_references(self._name, len(vals_list))):
            payment = self.env["collection.card.payment"].browse(given.get("payment_id") or ())
            vals = {**given, "name": name, "user_id": self.env.uid}
            vals["line_ids"] = vals.get("line_ids") or payment._all_to_return()
            vals["date"] = vals.get("date") or payment.company_id._collection_today()
            prepared.append(vals)
        records = super(CollectionCardReturn, self._without_guarded_defaults()._unguarded()).create(prepared)
        records = records.with_env(self.env)
        records._check_draft()
        return records

    def write(self, vals):
        if _FACTS & vals.keys() and not self._has_pass():
            self._check_is_draft()
        result = super().write(vals)
        if _FACTS & vals.keys() and not self._has_pass():
            self._check_draft()
        return result

    def _check_is_draft(self):
        if not self._has_pass() and (fixed := self.filtered(lambda each: each.state != "draft")):
            raise UserError(
                self.env._("%(record)s is on its way and cannot be changed. Ask anew.", record=fixed[0].name)
            )

    def _check_draft(self):
        """:raise ValidationError: more is to go back than is left, or what cannot"""
        for record in self:
            payment = record.payment_id
            if payment.state not in PAID or not payment.receipt_number:
                raise ValidationError(
                    self.env._("%(payment)s was not paid: there is nothing to give back.", payment=payment.name)
                )
            if record.kind == "chargeback" and record.date > record.company_id._collection_today():
                raise ValidationError(self.env._("A chargeback is recorded when it has happened."))
            if record.kind == "refund":
                record._check_refundable()
            record.line_ids._check_amounts()

    def _check_refundable(self):
        """:raise ValidationError: the provider gives nothing back, or only all of it"""
        transactions = self.payment_id._paid_transactions()
        if len(transactions) != 1:
            raise ValidationError(
                self.env._(
                    "%(payment)s was collected in parts: refund them at the provider.", payment=self.payment_id.name
                )
            )
        method = transactions.payment_method_id.primary_payment_method_id or transactions.payment_method_id
        supports = {transactions.provider_id.support_refund, method.support_refund}
        if "none" in supports:
            raise ValidationError(
                self.env._(
                    "%(provider)s gives nothing back from here: refund it there, and record it in accounting.",
                    provider=transactions.provider_id.name,
                )
            )
        whole = self.currency_id.compare_amounts(self.amount_currency, transactions.amount) == 0
        if "full_only" in supports and not whole:
            raise ValidationError(
                self.env._("%(provider)s gives back only the whole amount.", provider=transactions.provider_id.name)
            )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_append_only(self):
        """A draft that nobody submitted may go."""
        return super(
            CollectionCardReturn, self.filtered(lambda each: each.state != "draft")
        )._unlink_except_append_only()

    # ------------------------------------------------------------------
    # Gates and actions
    # ------------------------------------------------------------------

    def _set_waiting(self):
        return self._update_state(("draft",), "waiting")

    def _set_sent(self):
        return self._update_state(("draft", "waiting"), "sent")

    def _set_done(self, money):
        done = self._update_state(("draft", "sent", "failed"), "done", move_payment_id=money.id, unclear_since=False)
        self.payment_id._after_return()
        return done

    def _set_failed(self, reason):
        return self._update_state(("sent",), "failed", failure=reason, unclear_since=False)

    def _set_refused(self):
        return self._update_state(("draft", "waiting"), "refused")

    def action_withdraw(self):
        """Take back a request that nobody decided yet."""
        self.check_access("write")
        if waiting := self.filtered(lambda each: each.approval_state == "waiting"):
            waiting.action_withdraw_approval()
        self._update_state(("draft", "waiting"), "cancelled")
        return True

    def action_record(self):
        """Record a chargeback: the items are open again from its date.

        :raise AccessError: recording chargebacks is for assistant managers and above
        """
        self.check_access("write")
        if not self.env.user.has_group("account_collections.group_assistant_manager"):
            raise AccessError(self.env._("An assistant manager or an AR manager records chargebacks."))
        for record in self:
            if record.kind != "chargeback":
                raise UserError(self.env._("A refund is submitted for approval instead."))
            record._update_state(("draft",), "draft")
            record.payment_id._lock()
            record._check_draft()
            record.sudo()._book_chargeback()  # the entry is the system's; checked above
        return True
