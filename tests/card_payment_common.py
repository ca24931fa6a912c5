"""What tests of card payments share: the demo provider with a journal, saved cards that succeed, fail or wait, and charges in one line."""

from odoo import Command

from .common import CollectionsCommon

CARD = "4242424242424242"


class CardPaymentCommon(CollectionsCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.provider = cls.demo_provider(cls.company, cls.bank)
        cls.acme = cls.customer()
        cls.ann = cls.contact(cls.acme)
        cls.carla = cls.member("collector", "carla")
        cls.boss = cls.member("manager", "boss")
        cls.Payment = cls.env["collection.card.payment"]

    @classmethod
    def demo_provider(cls, company, journal, **vals):
        """A demo provider of the company that books in the journal."""
        provider = (
            cls.env["payment.provider"].sudo().search([("code", "=", "demo"), ("company_id", "=", company.id)], limit=1)
        )
        if not provider:
            provider = cls.env.ref("payment.payment_provider_demo").sudo().copy({"company_id": company.id})
        provider.write({"state": "test", "is_published": True, "allow_tokenization": True, **vals})
        provider.payment_method_ids = [Command.set(cls.env.ref("payment_demo.payment_method_demo").ids)]
        provider.payment_method_ids.active = True
        provider.journal_id = journal
        line = journal.inbound_payment_method_line_ids.filtered(lambda each: each.payment_provider_id == provider)
        other = journal.inbound_payment_method_line_ids.filtered("payment_account_id")
        line.payment_account_id = other[:1].payment_account_id or cls.outstanding(company)
        return provider

    @classmethod
    def outstanding(cls, company):
        """An account for what is on its way to the bank."""
        return cls.env["account.account"].create(
            {
                "name": "Outstanding cards",
                "code": "OUTCARD",
                "account_type": "asset_current",
                "reconcile": True,
                "company_ids": [Command.link(company.id)],
            }
        )

    @classmethod
    def saved_card(cls, partner=None, result="done", **vals):
        """A saved card of a customer: `result` is what the provider makes of a charge (done, pending, cancel, error)."""
        return (
            cls.env["payment.token"]
            .sudo()
            .create(
                {
                    "provider_id": cls.provider.id,
                    "payment_method_id": cls.env.ref("payment_demo.payment_method_demo").id,
                    "partner_id": (partner or cls.acme).id,
                    "payment_details": "4242",
                    "provider_ref": "demo",
                    "demo_simulated_state": result,
                    **vals,
                }
            )
        )

    @classmethod
    def take(cls, amounts, user=None, **vals):
        """A draft on items of one customer.

        :param amounts: dict of journal item to amount
        """
        item = next(iter(amounts))
        account = cls.account(item.partner_id, item.company_id)
        return cls.Payment.with_user(user or cls.carla).create(
            {
                "account_id": account.id,
                "payer_id": vals.pop("payer_id", cls.ann.id),
                "line_ids": [
                    Command.create({"move_line_id": each.id, "amount_currency": amount})
                    for each, amount in amounts.items()
                ],
                **vals,
            }
        )

    @classmethod
    def charge(cls, amounts, result="done", user=None, **vals):
        """A saved card that was charged, as it stands after the provider's answer."""
        token = vals.pop("token", None) or cls.saved_card(next(iter(amounts)).partner_id, result)
        payment = cls.take(
            amounts, user, method="token", token_id=token.id, consent_name="Ann", consent_text="I agree", **vals
        )
        payment.action_charge()
        cls.answer()
        payment.invalidate_recordset()
        return payment

    @classmethod
    def answer(cls):
        """What happens after the commit: the provider is asked, and its answer booked."""
        cls.env["payment.transaction"]._collection_send_now()
        cls.env.flush_all()

    @classmethod
    def link(cls, amounts, **vals):
        payment = cls.take(amounts, **vals)
        payment.action_make_link()
        return payment

    @classmethod
    def attempt(cls, payment, operation="online_direct", **vals):
        """What the page creates when the customer presses Pay."""
        return (
            cls.env["payment.transaction"]
            .sudo()
            .create(
                {
                    "provider_id": cls.provider.id,
                    "payment_method_id": cls.env.ref("payment_demo.payment_method_demo").id,
                    "reference": payment._charge_reference(),
                    "amount": payment.amount_currency,
                    "currency_id": payment.currency_id.id,
                    "partner_id": cls.ann.id,
                    "operation": operation,
                    "collection_card_payment_id": payment.id,
                    **vals,
                }
            )
        )

    @classmethod
    def say(cls, transaction, state, **data):
        """The provider's message about a transaction, then what Odoo does with it."""
        data = {"reference": transaction.reference, "simulated_state": state, "payment_details": "4242", **data}
        cls.env["payment.transaction"].sudo()._process("demo", data)
        transaction._post_process()
        cls.env.flush_all()
        cls.env.invalidate_all()

    def residuals(self, *items):
        return [item.amount_residual_currency for item in items]

    def holds(self, payment):
        return {hold.move_line_id: hold.amount_currency for hold in payment._holds()}
