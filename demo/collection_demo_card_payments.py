from odoo import Command, models

# Card payments of the last days: days since, customer, share of its oldest items, how many of them, how, what the provider says.
CARD_PAYMENTS = (
    (9, "biscayne", 1.0, 2, "token", "done"),
    (6, "silver_state", 0.5, 1, "link", "done"),
    (5, "bayview", 1.0, 1, "token", "error"),
    (3, "peachtree", 1.0, 1, "token", "done"),
    (1, "sierra_madre", 0.4, 1, "token", "pending"),
    (0, "cuyahoga", 1.0, 2, "link", None),
)
CODE = "payment_demo.payment_method_demo"


class CollectionDemo(models.AbstractModel):
    """Payments taken on the phone, where Odoo's demo provider is installed: paid, declined, pending, a link, and a refund to approve."""

    _inherit = "collection.demo"

    def _add_card_payments(self, company):
        """One card payment at each step."""
        provider = self._card_provider(company)
        if not provider:
            return
        self.env.ref("account_collections.group_card_keying").user_ids = [Command.link(self._ref("user_manager").id)]
        paid = self.env["collection.card.payment"]
        for days, name, share, count, method, answer in CARD_PAYMENTS:
            with self._moment(company, self._days_ago(company._collection_today(), days)):
                payment = self._card_payment(company, provider, name, share, count, method, answer)
            if payment and answer == "done":
                paid |= payment
        if paid:
            self._card_refund(paid[-1:])
        self.env["collection.account"]._refresh_touched()

    def _card_provider(self, company):
        """Odoo's demo provider, booking in the bank journal; none where it is not installed."""
        provider = self.env["payment.provider"].search(
            [("code", "=", "demo"), ("company_id", "=", company.id)], limit=1
        )
        journal = self.env["account.journal"].search([("type", "=", "bank"), ("company_id", "=", company.id)], limit=1)
        if not provider or not journal:
            return self.env["payment.provider"]
        provider.write({"state": "test", "is_published": True})
        provider.journal_id = provider.journal_id or journal
        self.env.ref(CODE).active = True
        return provider

    def _saved_card(self, provider, customer, answer):
        return self.env["payment.token"].create(
            {
                "provider_id": provider.id,
                "payment_method_id": self.env.ref(CODE).id,
                "partner_id": customer.id,
                "payment_details": "4242",
                "provider_ref": "demo",
                "demo_simulated_state": answer,
            }
        )

    def _card_payment(self, company, provider, name, share, count, method, answer):
        customer = self._customer(name)
        account = self.env["collection.account"]._for_partner(customer, company)
        items = [(item, amount) for item, amount in account._card_payment_items() if not item.collection_held]
        items = [(item, amount) for item, amount in items if item.currency_id == items[0][0].currency_id][:count]
        if not items:
            return None
        payer = customer.collection_ap_contact_id
        token = self._saved_card(provider, customer, answer) if method == "token" else self.env["payment.token"]
        lines = [
            {"move_line_id": item.id, "amount_currency": item.currency_id.round(amount * share)}
            for item, amount in items
        ]
        user = account.collector_id or self._ref("user_collector")
        payment = self.env["collection.card.payment"].create(
            {
                "account_id": account.id,
                "payer_id": payer.id,
                "method": method,
                "token_id": token.id,
                "consent_name": payer.name or customer.name,
                "consent_text": self.env._("I authorize %(company)s to charge my card.", company=company.name),
                "line_ids": [Command.create(line) for line in lines],
            }
        )
        payment._unguarded().user_id = user
        if method == "token":
            payment.action_charge()
            self.env["payment.transaction"]._collection_send_now()
        else:
            payment.action_make_link()
            if answer:
                self._pay_link(payment, provider, answer)
        return payment

    def _pay_link(self, payment, provider, answer):
        transaction = self.env["payment.transaction"].create(
            {
                "provider_id": provider.id,
                "payment_method_id": self.env.ref(CODE).id,
                "reference": payment._charge_reference(),
                "amount": payment.amount_currency,
                "currency_id": payment.currency_id.id,
                "partner_id": (payment.payer_id or payment.partner_id).id,
                "operation": "online_direct",
                "collection_card_payment_id": payment.id,
            }
        )
        transaction._process(
            "demo", {"reference": transaction.reference, "simulated_state": answer, "payment_details": "1881"}
        )
        transaction._post_process()

    def _card_refund(self, payment):
        """A refund that waits for its approval."""
        line = payment.line_ids[:1]
        record = self.env["collection.card.return"].create(
            {
                "payment_id": payment.id,
                "reason": self.env._("Charged twice: the check had crossed in the mail"),
                "line_ids": [
                    Command.create(
                        {"line_id": line.id, "amount_currency": payment.currency_id.round(line.amount_currency / 4)}
                    )
                ],
            }
        )
        record._unguarded().user_id = payment.user_id
        record._request_approval(payment.user_id)
