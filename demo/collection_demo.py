from collections import defaultdict
from datetime import date, timedelta
from itertools import chain

from odoo import Command, api, models

from . import plan

# Euros for one US dollar, month by month back from today.
EURO_RATES = (0.861, 0.858, 0.853, 0.864, 0.872, 0.879, 0.895, 0.918, 0.926, 0.931, 0.924)


class CollectionDemo(models.AbstractModel):
    """Nine months of a company's receivables, dated back from the installation day, for `base.main_company`.

    Books are made by sets: one create and one post for all invoices, all payments, all credit notes.
    """

    _name = "collection.demo"
    _description = "Demo Company"

    @api.model
    def _load(self):
        """Fill the demo company; does nothing where that was done before."""
        company = self.env.ref("base.main_company")
        quiet = {"tracking_disable": True, "mail_auto_subscribe_no_notify": True, "mail_activity_quick_update": True}
        demo = self.sudo().with_company(company).with_context(**quiet, lang=None, allowed_company_ids=company.ids)
        if demo.env["account.move"].search_count([("partner_id", "in", demo._customers().ids)], limit=1):
            return
        demo._prepare_books(company)
        demo._assign_sales()
        receipts = demo._plan_receipts(company, demo._sell(company))
        # The ledger of each day on which customers were chased is the one of that day.
        today, after = company._collection_today(), date.min
        days = demo._dunning_days(today)
        for day in (*days, today):
            demo._receive(receipts, day)
            demo._add_cases(today, after, day)
            if day < today:
                demo._chase(company, day, is_last=day == days[-1])
            after = day
        demo._assign(demo._refresh_all(company))
        demo._add_work(company)
        demo._add_absences(company, today)
        demo._add_days(company)
        demo._add_finding(company)
        demo._bring_in(company)
        demo._add_disputes(company)
        demo._add_help(company)
        demo._add_promises(company, today)
        demo._refresh_all(company)
        demo._add_plans(company, today)
        demo._add_escalations(company)
        demo._add_claims(company, today)
        demo._add_statement_reviews(company, today)
        demo._add_card_payments(company)
        demo._add_exceptions(company, today)
        demo._add_statements(company, today)
        demo._simulate(company)
        demo._refresh_all(company)
        demo._add_reviews(company)
        demo._add_letters(company)
        # What people were told on the way is no mail of today.
        told = [("model", "=like", "collection.%"), ("state", "=", "outgoing")]
        demo.env["mail.mail"].search(told).write({"state": "sent"})

    # ------------------------------------------------------------------
    # Names
    # ------------------------------------------------------------------

    def _ref(self, name):
        return self.env.ref(f"account_collections.demo_{name}")

    def _customer(self, name):
        return self._ref(f"partner_{name}")

    def _customer_names(self):
        """The ends of the customers' XML ids, in the order of the file."""
        data = self.env["ir.model.data"].search(
            [
                ("module", "=", "account_collections"),
                ("model", "=", "res.partner"),
                ("name", "=like", "demo\\_partner\\_%"),
            ],
            order="id",
        )
        return [name.removeprefix("demo_partner_") for name in data.mapped("name")]

    def _partners(self, names):
        return self.env["res.partner"].concat(*(self._customer(name) for name in names))

    def _customers(self):
        return self._partners(self._customer_names())

    # ------------------------------------------------------------------
    # Chart of accounts, tax, currencies
    # ------------------------------------------------------------------

    def _prepare_books(self, company):
        """Who manages, a chart if there is none, the sales tax of New York, euros with a rate for each month."""
        company.collection_manager_id = self._ref("user_manager")
        if not company.chart_template:
            self.env["account.chart.template"].try_loading("generic_coa", company, install_demo=False)
        tax = company.account_sale_tax_id.copy(
            {
                "name": "8.875% NY",
                "description": "New York City sales tax",
                "invoice_label": "Sales tax 8.875%",
                "amount": 8.875,
            }
        )
        company.account_sale_tax_id = tax
        products = [self._ref(f"product_{name}") for name in (*plan.GOODS, "installation", "freight")]
        self.env["product.product"].concat(*products).taxes_id = tax
        euro = self.env.ref("base.EUR")
        euro.active = True
        today = company._collection_today()
        self.env["res.currency.rate"].create(
            [
                {
                    "name": today - timedelta(days=30 * month),
                    "currency_id": euro.id,
                    "company_id": company.id,
                    "company_rate": rate,
                }
                for month, rate in enumerate(EURO_RATES)
            ]
        )

    # ------------------------------------------------------------------
    # Invoices
    # ------------------------------------------------------------------

    def _sell(self, company):
        """Post the invoices of the plan.

        :return: dict of receivable line to its `plan.Sale` and the number of its instalment
        """
        today = company._collection_today()
        sales = sorted(
            chain.from_iterable(plan.sales_of(name, today) for name in self._customer_names()),
            key=lambda sale: (sale.date, sale.customer),
        )
        moves = self.env["account.move"].create([self._prepare_invoice_vals(sale) for sale in sales])
        moves.action_post()
        moves.is_move_sent = True
        items = {}
        for sale, move in zip(sales, moves):
            items.update({line: (sale, number) for number, line in enumerate(self._receivable_lines(move))})
        return items

    def _prepare_invoice_vals(self, sale, **vals):
        partner = self._customer(sale.customer)
        return {
            "move_type": "out_invoice",
            "partner_id": partner.address_get(["invoice"])["invoice"],
            "invoice_date": sale.date,
            "date": sale.date,
            "currency_id": self.env.ref("base.EUR" if sale.customer in plan.EURO_CUSTOMERS else "base.USD").id,
            "ref": sale.reference,
            "invoice_user_id": partner.user_id.id,
            "invoice_line_ids": [Command.create(self._prepare_line_vals(partner, line)) for line in sale.lines],
            **vals,
        }

    def _prepare_line_vals(self, partner, line):
        taxed = partner.state_id == self.env.company.state_id
        return {
            "product_id": self._ref(f"product_{line.product}").id,
            "quantity": line.quantity,
            "price_unit": line.price,
            "tax_ids": [Command.set(self.env.company.account_sale_tax_id.ids if taxed else [])],
        }

    # ------------------------------------------------------------------
    # Payments
    # ------------------------------------------------------------------

    def _plan_receipts(self, company, items):
        """What customers paid up to today; what a customer pays on one day for whole items comes as one payment.

        :return: list of (date, partner, [(receivable line, amount)]), the earliest last
        """
        today = company._collection_today()
        receipts = defaultdict(list)
        for line, (sale, number) in items.items():
            left = line.amount_currency
            for day, share in plan.payments_of(sale, number, line.date_maturity, today):
                amount = left if share == plan.THE_REST else line.currency_id.round(left * share)
                receipts[day, line.partner_id, line.id if amount < line.amount_currency else 0].append((line, amount))
                left -= amount
        order = sorted(receipts, key=lambda key: (key[0], key[1].id, key[2]), reverse=True)
        return [(key[0], key[1], receipts[key]) for key in order]

    def _receive(self, receipts, until):
        """Take the receipts up to a day off the list, book them and match them."""
        due = []
        while receipts and receipts[-1][0] <= until:
            due.append(receipts.pop())
        payments = self._pay(
            [
                (partner, day, paid[0][0].currency_id, sum(amount for _line, amount in paid))
                for day, partner, paid in due
            ]
        )
        Line = self.env["account.move.line"]
        Line._reconcile_plan(
            [
                Line.concat(*(line for line, _amount in paid)) + self._receivable_lines(payment.move_id)
                for (_day, _partner, paid), payment in zip(due, payments)
            ]
        )

    def _pay(self, receipts):
        """Post customer payments.

        :param receipts: list of (partner, date, currency, amount)
        """
        payments = self.env["account.payment"].create(
            [
                {
                    "payment_type": "inbound",
                    "partner_type": "customer",
                    "partner_id": partner.id,
                    "date": day,
                    "currency_id": currency.id,
                    "amount": currency.round(amount),
                    "memo": plan.payment_reference(partner.id, day),
                }
                for partner, day, currency, amount in receipts
            ]
        )
        payments.action_post()
        return payments

    def _receivable_lines(self, moves):
        """The receivable lines of entries, in the order of their due dates."""
        lines = moves.line_ids.filtered(lambda line: line.account_id.account_type == "asset_receivable")
        return lines.sorted(lambda line: (line.date_maturity or line.date, line.id))

    # ------------------------------------------------------------------
    # Figures
    # ------------------------------------------------------------------

    def _refresh_all(self, company):
        """Make the accounts that are missing and bring all figures up to date."""
        Account = self.env["collection.account"]
        Account._refresh_touched()
        Account._insert_missing()
        accounts = Account.search([("company_id", "=", company.id)])
        accounts._refresh_behaviour()
        accounts._refresh()
        return accounts
