import random

from odoo.tests import tagged

from .common import CollectionsCommon


@tagged("post_install", "-at_install")
class TestAccountOracle(CollectionsCommon):
    """Stored figures equal what a person would work out with pencil and paper."""

    def _naive(self, partner):
        company, today = self.company, self.company._collection_today()
        lines = self.env["account.move.line"].search([("company_id", "=", company.id), ("parent_state", "=", "posted")])
        lines = lines.filtered(
            lambda line: (
                line.account_id.account_type == "asset_receivable"
                and not line.account_id.non_trade
                and line.partner_id.commercial_partner_id == partner
                and line.amount_residual
            )
        )
        figures = dict.fromkeys((f"aging_{number}" for number in ("current", 1, 2, 3, 4, 5)), 0.0)
        figures |= {"amount_unapplied": 0.0, "amount_held": 0.0, "amount_overdue": 0.0, "open_count": len(lines)}
        chased, usable = {}, {}
        for line in lines:
            held = sum(
                hold.amount_currency
                for hold in self.env["collection.hold"].search([("move_line_id", "=", line.id)])
                if hold.date_from <= today <= (hold.date_until or today)
                and not (hold.date_released and hold.date_released <= today)
            )
            held = min(held, abs(line.amount_residual_currency))
            if line.amount_residual < 0:
                figures["amount_unapplied"] -= line.amount_residual
                if not line.collection_reserved:
                    usable[line.currency_id] = usable.get(line.currency_id, 0) - line.amount_residual_currency - held
                continue
            ratio = line.amount_residual / line.amount_residual_currency
            held_company = company.currency_id.round(held * ratio)
            figures["amount_held"] += held_company
            days = (today - line.date_maturity).days
            name = "current" if days <= 0 else 1 + sum(days > limit for limit in company._collection_buckets())
            figures[f"aging_{name}"] += line.amount_residual
            if days > 0:
                figures["amount_overdue"] += line.amount_residual
                free, free_currency = chased.get(line.currency_id, (0, 0))
                chased[line.currency_id] = (
                    free + line.amount_residual - held_company,
                    free_currency + line.amount_residual_currency - held,
                )
        figures["amount_collectible"] = sum(
            company.currency_id.round(free * max(0, free_currency - usable.get(currency, 0)) / free_currency)
            for currency, (free, free_currency) in chased.items()
            if free_currency
        )
        figures["amount_total"] = sum(lines.mapped("amount_residual"))
        return figures

    def test_random_mix(self):
        dice = random.Random(19)
        eur, jpy = self.foreign_currency("EUR", rate=0.83), self.foreign_currency("JPY", rate=151.37)
        currencies = [self.company.currency_id] * 3 + [eur, jpy]
        customers = [self.customer(f"Customer {number}") for number in range(5)]
        contacts = [self.contact(customer) for customer in customers]
        items = self.env["account.move.line"]
        for _each in range(70):
            number, currency = dice.randrange(5), dice.choice(currencies)
            amount, overdue = (
                dice.choice([1, 7.77, 100, 333.33, 12345.67]),
                dice.choice([-40, -1, 0, 1, 30, 31, 60, 61, 90, 91, 120, 121, 300]),
            )
            if currency == jpy:
                amount = round(amount) * 100
            what = dice.choice(["invoice", "invoice", "instalments", "entry", "credit", "reserved", "negative"])
            if what == "instalments":
                move = self.instalments(
                    customers[number], [(amount, overdue + 20), (amount, overdue)], currency=currency
                )
            elif what in ("entry", "negative"):
                sign = -1 if what == "negative" else 1
                move = self.entry(contacts[number], sign * amount, overdue=overdue, currency=currency)
            elif what in ("credit", "reserved"):
                move = self.credit(
                    customers[number], amount, overdue=overdue, currency=currency, reserved=what == "reserved"
                )
            else:
                move = self.invoice(customers[number], amount, overdue=overdue, currency=currency)
            items |= self.items(move)
        self.account(customers[0])
        for item in items:
            part = item.currency_id.round(abs(item.amount_residual_currency) * dice.choice([0.1, 0.5, 1]))
            if dice.random() < 0.5 and part:
                hold = self.place(item, part, days=dice.choice([0, 5, None]))
                if dice.random() < 0.2:
                    hold._release()
            if dice.random() < 0.25 and item.amount_residual > 0 and item.move_id.is_invoice() and part:
                self.pay(item.move_id, part, currency_id=item.currency_id.id)
        self.Account._refresh_touched()
        for day in (0, 1, 6):
            with self.at(day):
                self.Account.search([("company_id", "=", self.company.id)])._refresh()
                for customer in customers:
                    with self.subTest(day=day, customer=customer.name):
                        self.assertFigures(customer, **self._naive(customer))
