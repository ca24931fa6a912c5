"""What tests of the dispute room share: invoices with freight and tax, teams with a resolver, and disputes in one line."""

from contextlib import contextmanager

from odoo import Command

from .common import CollectionsCommon


class DisputeCommon(CollectionsCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Dispute = cls.env["collection.dispute"]
        cls.acme = cls.customer()
        cls.resolver = cls.member("resolver", "rita", name="Rita Resolver")
        cls.lead = cls.member("resolver", "lena", name="Lena Lead")
        cls.pricing = cls.env.ref("account_collections.dispute_team_pricing")
        cls.logistics = cls.env.ref("account_collections.dispute_team_logistics")
        (cls.pricing | cls.logistics).write({"user_id": cls.lead.id, "member_ids": [Command.set(cls.resolver.ids)]})
        cls.freight_product = cls.env["product.product"].create(
            {"name": "Delivery", "type": "service", "collection_is_freight": True}
        )

    @classmethod
    def dispute_reason(cls, code):
        return cls.env.ref(f"account_collections.dispute_reason_{code}")

    @classmethod
    def bill(cls, *lines, partner=None, overdue=10, **vals):
        """An invoice of lines given as (name, price) or (name, price, tax) or (product, price)."""
        commands = []
        for what, price, *tax in lines:
            product = {} if isinstance(what, str) else {"product_id": what.id}
            name = what if isinstance(what, str) else what.name
            taxes = [Command.set(tax[0].ids)] if tax else [Command.clear()]
            commands.append(Command.create({**product, "name": name, "price_unit": price, "tax_ids": taxes}))
        return cls.invoice(partner or cls.acme, 0, overdue=overdue, invoice_line_ids=commands, **vals)

    @classmethod
    def tax(cls, amount):
        return cls.env["account.tax"].create({"name": f"{amount} %", "amount": amount, "type_tax_use": "sale"})

    @classmethod
    def dispute(cls, move, part=None, amount=None, reason="pricing", lines=None, user=None, route=False, **vals):
        """A dispute about the first item of a document, opened by `user` (default: the manager)."""
        item = move if move._name == "account.move.line" else cls.items(move)[:1]
        line = {"move_line_id": item.id}
        if part:
            line["part"] = part
        if amount is not None:
            line["amount_currency"] = amount
        if lines:
            line["invoice_line_ids"] = [Command.set(lines.ids)]
        account = cls.account(item.partner_id, item.company_id)
        dispute = cls.Dispute.with_user(user or cls.env.user).create(
            {
                "account_id": account.id,
                "reason_id": cls.dispute_reason(reason).id,
                "line_ids": [Command.create(line)],
                **vals,
            }
        )
        if route:
            dispute.action_route()
        return dispute.with_env(cls.env)

    @classmethod
    def attach(cls, dispute, name="Proof.pdf"):
        return cls.env["ir.attachment"].create(
            {"name": name, "raw": b"proof", "res_model": dispute._name, "res_id": dispute.id}
        )

    @contextmanager
    def assertRefused(self, exception, words):
        """Raises, with these words in the message, and leaves nothing behind (`assertRaisesRegex` would)."""
        with self.assertRaises(exception) as caught:
            yield
        self.assertRegex(str(caught.exception), words)

    def as_resolver(self, dispute):
        return dispute.with_user(self.resolver)

    def live_holds(self, dispute):
        return self.env["collection.hold"].search(
            [("res_model", "=", dispute._name), ("res_id", "in", dispute.ids), ("is_live", "=", True)]
        )

    def assertHeld(self, dispute, amount):
        self.assertAlmostEqual(sum(self.live_holds(dispute).mapped("amount_currency")), amount, 2)

    def events(self, dispute, kind):
        """What the history says of one kind, the latest first."""
        return self.env["collection.dispute.event"].search([("dispute_id", "in", dispute.ids), ("kind", "=", kind)])
