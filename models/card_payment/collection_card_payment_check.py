from odoo import models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import SQL

from .collection_card_payment import LIVE


class CollectionCardPayment(models.Model):
    """What may be charged: looked at when it is entered, when the charge begins and when the customer pays. Nothing is taken on trust."""

    _inherit = "collection.card.payment"

    def _lock(self):
        """Of two who begin a charge on one account at once, the later starts anew on what the first left."""
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                "UPDATE collection_card_payment SET write_date = write_date WHERE id IN"
                " (SELECT id FROM collection_card_payment WHERE id IN %s ORDER BY id FOR NO KEY UPDATE)",
                tuple(self.ids) or (0,),
            )
        )
        self.invalidate_recordset()

    def _check_draft(self):
        """:raise ValidationError: a draft asks for what cannot be charged"""
        for payment in self.filtered(lambda each: each.state == "draft"):
            payment._check_items()
            payment._check_token()
            if payment.payer_id.commercial_partner_id != payment.partner_id and payment.payer_id:
                raise ValidationError(
                    self.env._(
                        "%(payer)s is no contact of %(customer)s.",
                        payer=payment.payer_id.display_name,
                        customer=payment.partner_id.display_name,
                    )
                )

    def _check_items(self):
        receivable = self.env["account.move.line"]._collection_receivable_account_ids()
        taken = self._taken_by_others()
        for line in self.line_ids:
            item = line.move_line_id
            if (
                not item
                or item.parent_state != "posted"
                or item.account_id.id not in receivable
                or item.partner_id.commercial_partner_id != self.partner_id
                or item.company_id != self.company_id
            ):
                raise ValidationError(
                    self.env._(
                        "%(item)s is not an open item of %(account)s.",
                        item=line.move_name or item.display_name,
                        account=self.account_id.display_name,
                    )
                )
            if item.currency_id != self.currency_id:
                raise ValidationError(
                    self.env._("One charge is in one currency: take a payment for each currency of the items.")
                )
            line._check_amount(taken.get(item.id))
        if len(self.line_ids.move_line_id.account_id) > 1:
            raise ValidationError(
                self.env._("These items stand on several receivable accounts: take a payment for each of them.")
            )

    def _taken_by_others(self):
        """What other charges that may still succeed take of the same items: dict of item id to (amount, their names)."""
        groups = (
            self.env["collection.card.payment.line"]
            .sudo()
            ._read_group(  # whoever began them
                [
                    ("move_line_id", "in", self.line_ids.move_line_id.ids),
                    ("payment_id", "not in", self.ids),
                    ("payment_id.state", "in", LIVE),
                ],
                ["move_line_id"],
                ["amount_currency:sum", "amount_applied_currency:sum", "payment_id:recordset"],
            )
        )
        return {
            item.id: (amount - applied, ", ".join(payments.mapped("name")))
            for item, amount, applied, payments in groups
        }

    def _check_complete(self):
        """:raise UserError: the charge lacks something that it needs to begin"""
        self.ensure_one()
        self._check_draft()
        if not self.line_ids:
            raise UserError(self.env._("Choose at least one item with an amount to charge."))
        if refusal := self.account_id._card_payment_refusal():
            raise UserError(refusal)
        if self.method != "link" and not ((self.consent_name or "").strip() and (self.consent_text or "").strip()):
            raise UserError(
                self.env._("Record who agreed to the charge and in which words before the card is charged.")
            )
        if self.method == "keyed":
            self._check_may_key()

    def _check_may_key(self):
        """:raise UserError: the user may not enter card data, even on the provider's page"""
        if not self.env.user.has_group("account_collections.group_card_keying"):
            raise UserError(
                self.env._(
                    "Entering card data for a customer needs the right “Key cards on the provider's page”."
                    " Send a payment link instead."
                )
            )

    def _check_token(self):
        """:raise ValidationError: the saved card is not this customer's, or cannot be charged"""
        if self.method != "token":
            return
        token = self.token_id.sudo()  # the provider behind a card is not for collectors
        if not token:
            raise ValidationError(self.env._("Choose the saved card that is to be charged."))
        if token.partner_id.commercial_partner_id != self.partner_id:
            raise ValidationError(
                self.env._("This card was not saved by %(customer)s.", customer=self.partner_id.display_name)
            )
        if not token.active:
            raise ValidationError(self.env._("This card was removed by the customer or the provider."))
        if token.provider_id not in self._providers():
            raise ValidationError(
                self.env._(
                    "%(provider)s cannot charge this card now: the provider is disabled, belongs to another company, or does not"
                    " take %(currency)s.",
                    provider=token.provider_id.name,
                    currency=self.currency_id.name,
                )
            )

    def _providers(self):
        """The enabled providers of the company that take the charge, as the system sees them; their journal must be known."""
        self.ensure_one()
        payer = self.payer_id or self.partner_id
        # Providers are for administrators; which of them may be used is decided here.
        found = (
            self.env["payment.provider"]
            .sudo()
            ._get_compatible_providers(
                self.company_id.id, payer.id, self.amount_currency, currency_id=self.currency_id.id
            )
        )
        return found.filtered("journal_id")


class CollectionCardPaymentLine(models.Model):
    _inherit = "collection.card.payment.line"

    def _check_amount(self, taken):
        """:raise ValidationError: the amount is not within what is open and not being charged already"""
        currency, item = self.currency_id, self.move_line_id
        left = item.amount_residual_currency
        if currency.compare_amounts(self.amount_currency, 0) <= 0:
            raise ValidationError(
                self.env._("%(item)s: an amount to charge must be more than zero.", item=self.move_name)
            )
        if currency.compare_amounts(self.amount_currency, left) > 0:
            raise ValidationError(
                self.env._(
                    "Of %(item)s only %(open)s is open; more than that is not charged.",
                    item=self.move_name,
                    open=currency.format(max(0.0, left)),
                )
            )
        if taken and currency.compare_amounts(self.amount_currency + taken[0], left) > 0:
            raise ValidationError(
                self.env._(
                    "%(item)s is being charged already (%(payments)s). Wait for it, or withdraw it first.",
                    item=self.move_name,
                    payments=taken[1],
                )
            )
