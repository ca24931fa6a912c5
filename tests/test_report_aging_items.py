from odoo.tests import tagged

from .common_aging import AMOUNTS, AgingCommon


@tagged("post_install", "-at_install")
class TestReportAgingItems(AgingCommon):
    def test_buckets_at_their_edges(self):
        columns = {
            "aging_current": (-1, 0),
            "aging_1": (1, 30),
            "aging_2": (31, 60),
            "aging_3": (61, 90),
            "aging_4": (91, 120),
            "aging_5": (121, 400),
        }
        for edges in columns.values():
            for overdue in edges:
                self.invoice(self.acme, 10 + overdue, overdue=overdue)
        rows = self.assertTies()
        for number, (column, edges) in enumerate(columns.items()):
            found = rows.filtered(column)
            self.assertEqual(sorted(found.mapped("days_overdue")), list(edges), column)
            self.assertEqual(set(found.mapped("bucket")), {str(number)})
            self.assertEqual(sum(found.mapped(column)), 20 + sum(edges))

    def test_buckets_follow_the_limits_of_the_company(self):
        other = self.second_company()["company"]
        other.write({f"collection_bucket_{number}": number * 10 for number in range(1, 5)})
        for company in self.company + other:
            self.invoice(self.acme, 100, overdue=31, company=company)
        report = self.Report.with_context(allowed_company_ids=(self.company + other).ids)
        rows = {row.company_id: row for row in report.search([])}
        self.assertEqual((rows[self.company].aging_2, rows[other].aging_4), (100, 100))
        labels = {company: self.Report.with_company(company).fields_get(["aging_1", "aging_5"]) for company in rows}
        self.assertEqual(labels[other]["aging_1"]["string"], "1–10")
        self.assertEqual(labels[self.company]["aging_5"]["string"], "Over 120")

    def test_credits_and_unapplied_payments_stand_apart(self):
        self.invoice(self.acme, 1000, overdue=45)
        self.credit(self.acme, 150, overdue=45)
        self.unapplied(self.acme, 200)
        rows = self.assertTies()
        self.assertEqual(sum(rows.mapped("aging_2")), 1000)
        self.assertEqual(sum(rows.mapped("amount_unapplied")), 350)
        self.assertEqual(sum(rows.mapped("amount_total")), 650)
        self.assertEqual(sorted(rows.mapped("kind")), ["credit_note", "invoice", "payment"])
        negative = rows.filtered(lambda row: row.bucket == "credit")
        self.assertEqual((len(negative), set(negative.mapped("days_overdue"))), (2, {0}))

    # ------------------------------------------------------------------
    # Items
    # ------------------------------------------------------------------

    def test_instalments_age_by_their_own_due_dates(self):
        self.instalments(self.acme, [(300, 70), (200, 10), (100, -20)])
        rows = self.assertTies()
        self.assertEqual(len(rows), 3)
        self.assertEqual([sum(rows.mapped(name)) for name in AMOUNTS], [100, 200, 0, 300, 0, 0, 0, 600])

    def test_child_contacts_and_manual_entries_belong_to_the_customer(self):
        contact = self.contact(self.acme)
        self.invoice(contact, 100, overdue=5)
        self.entry(contact, 40, overdue=5)
        contact.active = False
        rows = self.rows(partner=self.acme)
        self.assertEqual(rows.partner_id, self.acme)
        self.assertEqual(sum(rows.mapped("amount_total")), 140)
        self.assertEqual(sorted(rows.mapped("kind")), ["entry", "invoice"])
        [group] = self.Report.formatted_read_group(
            [("partner_id", "=", self.acme.id)], ["partner_id"], ["amount_total:sum"]
        )
        self.assertEqual(group["amount_total:sum"], 140)

    def test_items_without_a_customer_are_part_of_the_total(self):
        self.entry(None, -70)
        rows = self.assertTies()
        self.assertFalse(rows.partner_id)
        self.assertEqual(rows.amount_unapplied, 70)
        self.assertEqual(self.Report.search([("partner_id", "in", [False, self.acme.id])]), rows)
        self.assertFalse(self.Report.search([("partner_id", "!=", False)]))

    def test_two_companies_tie_each(self):
        other = self.second_company()["company"]
        self.invoice(self.acme, 100, overdue=5)
        invoice = self.invoice(self.acme, 250, overdue=5, company=other)
        self.pay(invoice.with_company(other), 50)
        self.assertEqual(sum(self.assertTies().mapped("amount_total")), 100)
        self.assertEqual(sum(self.assertTies(company=other).mapped("amount_total")), 200)
        self.assertTies(-1, company=other)

    def test_a_branch_reports_its_own_items(self):
        branch = self.env["res.company"].create(
            {"name": "Branch", "parent_id": self.company.id, "collection_tz": "UTC"}
        )
        self.env.user.company_ids += branch
        self.acme.with_company(branch).property_account_receivable_id = self.receivable
        self.invoice(self.acme, 100, overdue=5)
        self.invoice(self.acme, 60, overdue=5, company=branch)
        self.assertEqual(self.assertTies().mapped("amount_total"), [100])
        self.assertEqual(self.assertTies(company=branch).mapped("amount_total"), [60])

    def test_foreign_currency_with_exchange_difference(self):
        euro = self.setup_other_currency("EUR", rates=[("2000-01-01", 0.5), ("2026-03-10", 0.4)])
        invoice = self.invoice(self.acme, 100, overdue=20, currency=euro)  # 200 in the company's
        self.pay(invoice, 40, payment_date=self.day(-15), currency_id=euro.id)
        row = self.assertTies(-9)
        self.assertEqual((row.amount_residual_currency, row.amount_total, row.amount_original), (60, 120, 200))
        self.assertEqual((row.item_currency_id, row.currency_id), (euro, self.company.currency_id))
        self.pay(invoice, 60, payment_date=self.day(-3), currency_id=euro.id)  # 150 received, 30 gained
        self.assertTrue(self.items(invoice).matched_credit_ids.exchange_move_id)
        self.assertFalse(self.assertTies())
        row = self.assertTies(-3)
        self.assertEqual(
            (row.kind, row.amount_residual_currency, row.amount_total),
            ("payment", 0, -30),
            "Until Odoo books the difference, today, the ledger carries it",
        )
        row = self.assertTies(-4)
        self.assertEqual((row.amount_residual_currency, row.amount_total), (60, 120))

    def test_sums_of_money_as_the_web_client_asks_for_them(self):
        euro = self.foreign_currency()
        self.invoice(self.acme, 100, overdue=20, currency=euro)
        self.invoice(self.acme, 50, overdue=20)
        aggregates = ["amount_total:sum", "amount_total:sum_currency", "currency_id:array_agg_distinct"]
        aggregates += ["amount_residual_currency:sum_currency", "item_currency_id:array_agg_distinct"]
        [group] = self.Report.formatted_read_group([("partner_id", "=", self.acme.id)], ["partner_id"], aggregates)
        self.assertEqual(group["amount_total:sum"], 250)
        self.assertEqual(group["amount_total:sum_currency"], 250)
        self.assertEqual(group["currency_id:array_agg_distinct"], self.company.currency_id.ids)
        self.assertEqual(group["amount_residual_currency:sum_currency"], 250, "Converted as booked")
        self.assertEqual(group["item_currency_id:array_agg_distinct"], sorted((euro + self.company.currency_id).ids))

    def test_companies_of_two_currencies_are_not_added_unconverted(self):
        euro = self.foreign_currency()  # half a euro for a dollar
        other = self.second_company(currency_id=euro.id)["company"]
        self.invoice(self.acme, 100, overdue=5)
        self.invoice(self.acme, 30, overdue=5, company=other)
        report = self.Report.with_context(allowed_company_ids=(self.company + other).ids)
        aggregates = ["amount_total:sum_currency", "currency_id:array_agg_distinct"]
        [group] = report.formatted_read_group([], ["partner_id"], aggregates)
        self.assertEqual(group["amount_total:sum_currency"], 160)
        self.assertEqual(group["currency_id:array_agg_distinct"], sorted((euro + self.company.currency_id).ids))

    def test_pages_of_groups_know_how_many_there_are(self):
        for number in range(5):
            self.invoice(self.customer(f"Customer {number}"), 100)
        for offset, count in ((0, 2), (2, 2), (4, 1)):
            page = self.Report.web_read_group([], ["partner_id"], ["amount_total:sum"], limit=2, offset=offset)
            self.assertEqual((len(page["groups"]), page["length"]), (count, 5))
        self.assertEqual(page["groups"][0].keys() & {"id:group_count"}, set())
        self.assertEqual(self.Report.web_read_group([("id", "=", 0)], ["partner_id"], [], limit=2)["length"], 0)
