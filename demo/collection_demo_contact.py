from datetime import timedelta

from odoo import Command, models

from . import plan

# Questions of the last days: customer, days ago, type, channel, question, what they were told (empty: nobody answered yet).
INQUIRIES = (
    ("lone_star", 3, "pod", "call", "Signed proof of delivery for the conference tables.", ""),
    ("bayview", 6, "invoice_copy", "email", "Copies of all invoices since January, please.", "Copies sent by e-mail."),
    ("kendall", 1, "credit_request", "email", "The purchase order number is missing; please bill again.", ""),
    ("mission_bay", 0, "w9", "call", "Their auditor needs our W-9.", ""),
    ("puget", 4, "bank", "email", "“Please pay refunds to our new account at First Harbor from now on.”", ""),
    ("saguaro", 8, "statement", "call", "Statement for the controller's return.", "Sent to the assistant."),
)


class CollectionDemo(models.AbstractModel):
    """Questions of customers and of a sales partner."""

    _inherit = "collection.demo"

    def _add_inquiries(self, company, by_customer):
        today = company._collection_today()
        for name, days, kind, channel, question, answer in INQUIRIES:
            account = by_customer[self._customer(name)]
            # Their collector took it down; nobody's accounts are everybody's.
            collector = account.collector_id or self._ref("user_collector")
            inquiry = (
                self.env["collection.inquiry"]
                .with_user(collector)
                .sudo()
                .create(
                    {
                        "account_id": account.id,
                        "partner_id": account._default_contact("email").id or account.partner_id.id,
                        "type_id": self.env.ref(f"account_collections.inquiry_type_{kind}").id,
                        "channel": channel,
                        "date": plan.business_day(today - timedelta(days=days), step=-1),
                        "question": question,
                        "move_ids": [Command.set(account.open_item_ids.move_id.ids[:2])],
                        "answer": answer,
                    }
                )
            )
            if answer:
                inquiry.action_told()
        dealer = self._ref("sales_partner_great_lakes")
        self.env["collection.inquiry"].create(
            {
                "sales_partner_id": dealer.id,
                "partner_id": dealer.id,
                "type_id": self.env.ref("account_collections.inquiry_type_commission").id,
                "channel": "email",
                "question": "Which of our orders does the last commission statement cover?",
                "user_id": self._ref("user_manager").id,
            }
        )
