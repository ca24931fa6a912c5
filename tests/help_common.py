"""What tests of help requests share: a dealer with two customers, another dealer, and what is open of their orders."""

from odoo import Command

from .common import CollectionsCommon


class HelpCommon(CollectionsCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Help = cls.env["collection.help"]
        cls.collector, cls.manager = cls.member("collector"), cls.member("manager")
        cls.colleague = cls.member("collector", "colleague")
        cls.dealer = cls.sales_partner("Dealer")
        cls.agent = cls.sales_partner("Agent")
        cls.acme, cls.birch, cls.cedar = (
            cls.customer(name, collection_sales_partner_id=dealer.id)
            for name, dealer in (("Acme", cls.dealer), ("Birch", cls.dealer), ("Cedar", cls.agent))
        )
        cls.acme_bill = cls.invoice(cls.acme, 1000, overdue=20)
        cls.birch_bill = cls.invoice(cls.birch, 400, overdue=10)
        cls.cedar_bill = cls.invoice(cls.cedar, 70, overdue=5)
        cls.accounts = cls.account(cls.acme) + cls.account(cls.birch)
        cls.cedar_account = cls.account(cls.cedar)
        (cls.accounts + cls.cedar_account).collector_id = cls.collector

    @classmethod
    def sales_partner(cls, name, **vals):
        return cls.customer(name, is_sales_partner=True, **vals)

    @classmethod
    def kind(cls, name="call"):
        return cls.env.ref(f"account_collections.help_kind_{name}")

    @classmethod
    def request(cls, moves=None, user=None, send=False, **vals):
        """A help request to the dealer about its two customers, or about these invoices."""
        items = cls.items(cls.acme_bill + cls.birch_bill if moves is None else moves)
        request = cls.Help.with_user(user or cls.collector).create(
            {
                "sales_partner_id": cls.dealer.id,
                "kind_id": cls.kind().id,
                "line_ids": [Command.create({"move_line_id": item.id}) for item in items],
                **vals,
            }
        )
        if send:
            request.action_send()
        return request
