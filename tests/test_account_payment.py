from odoo.tests import tagged

from .common import CollectionsCommon


@tagged("post_install", "-at_install")
class TestAccountPayment(CollectionsCommon):
    """Payments without an entry (SPEC §0): nobody who has paid is dunned."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.acme = cls.customer()
        cls.eur = cls.foreign_currency(rate=0.5)
        unbooked = cls.without_entries()
        unbooked.__enter__()
        cls.addClassCleanup(unbooked.__exit__, None, None, None)
        cls.collector = cls.member("collector")
        cls.cashier = cls.member("billing")

    def _holds(self, payment, standing=True):
        return self.env["collection.hold"].search(
            [("res_model", "=", "account.payment"), ("res_id", "=", payment.id)]
            + ([("date_released", "=", False)] if standing else []),
            order="id",
        )

    def assertHeld(self, payment, **expected):
        """`expected` by document name or item: amounts in the item's currency."""
        holds = self._holds(payment)
        self.assertEqual(set(holds.mapped("kind")), {"payment"} if holds else set())
        self.assertEqual(sorted(holds.mapped("amount_currency")), sorted(expected.get("amounts", [])))

    # ------------------------------------------------------------------
    # Placing
    # ------------------------------------------------------------------

    def test_registered_payment_holds_its_invoice(self):
        invoice = self.invoice(self.acme, 100, overdue=20)
        payment = self.pay(invoice, 100)
        self.assertFalse(payment.move_id)
        self.assertEqual(
            (payment.state, invoice.payment_state, invoice.amount_residual), ("in_process", "in_payment", 100)
        )
        self.assertRecordValues(
            self._holds(payment),
            [
                {
                    "move_line_id": self.items(invoice).id,
                    "amount_currency": 100,
                    "kind": "payment",
                    "date_until": self.day(10),
                }
            ],
        )
        self.assertFigures(self.acme, amount_collectible=0, amount_held=100, amount_overdue=100, amount_total=100)

    def test_part_payment_holds_its_part(self):
        payment = self.pay(self.invoice(self.acme, 100, overdue=20), 60)
        self.assertHeld(payment, amounts=[60])
        self.assertFigures(self.acme, amount_collectible=40)

    def test_draft_payment_holds_nothing(self):
        invoice = self.invoice(self.acme, 100, overdue=20)
        payment = self.env["account.payment"].create(
            {
                "payment_type": "inbound",
                "partner_type": "customer",
                "partner_id": self.acme.id,
                "amount": 100,
                "date": self.today,
                "invoice_ids": invoice.ids,
            }
        )
        self.assertHeld(payment, amounts=[])
        payment.action_post()
        self.assertHeld(payment, amounts=[100])

    def test_payment_more_than_the_invoice_is_capped(self):
        invoice = self.invoice(self.acme, 100, overdue=20)
        payment = self.pay(invoice, 130)
        self.assertHeld(payment, amounts=[100])
        self.assertFigures(self.acme, amount_collectible=0, amount_held=100)

    def test_payment_spreads_over_instalments_oldest_first(self):
        invoice = self.instalments(self.acme, [(40, 31), (35, 1), (25, -5)])
        payment = self.pay(invoice, 50)
        held = {hold.move_line_id.date_maturity: hold.amount_currency for hold in self._holds(payment)}
        self.assertEqual(held, {self.day(-31): 40, self.day(-1): 10})
        self.assertFigures(self.acme, amount_collectible=25, amount_held=50)

    def test_payment_of_several_invoices(self):
        one, two = self.invoice(self.acme, 100, overdue=5), self.invoice(self.contact(self.acme), 50, overdue=9)
        payment = self.pay(one | two, 120, group_payment=True)
        held = {hold.move_id: hold.amount_currency for hold in self._holds(payment)}
        self.assertEqual(held, {two: 50, one: 70})

    def test_two_payments_of_one_invoice(self):
        invoice = self.invoice(self.acme, 100, overdue=5)
        first, second = self.pay(invoice, 70), self.pay(invoice, 70)
        self.assertHeld(first, amounts=[70])
        self.assertHeld(second, amounts=[30])
        first.action_reject()
        self.assertHeld(first, amounts=[])
        self.assertFigures(self.acme, amount_collectible=70)

    def test_payment_in_another_currency(self):
        item = self.items(self.invoice(self.acme, 100, overdue=5, currency=self.eur))
        payment = self.pay(item.move_id, 50, currency_id=self.company.currency_id.id)
        self.assertRecordValues(
            self._holds(payment), [{"amount_currency": 25, "amount": 50, "currency_id": self.eur.id}]
        )
        self.assertFigures(self.acme, amount_collectible=150)

    def test_payment_respects_other_holds(self):
        item = self.items(self.invoice(self.acme, 100, overdue=5))
        self.hold(item, 80)
        payment = self.pay(item.move_id, 100)
        self.assertHeld(payment, amounts=[20])
        self.assertFigures(self.acme, amount_collectible=0, amount_held=100)

    def test_vendor_payments_hold_nothing(self):
        bill = self.invoice(self.acme, 100, overdue=5, move_type="in_invoice")
        payment = self.pay(bill, 100)
        self.assertHeld(payment, amounts=[])

    def test_branch_invoice_paid_in_the_parents_journal(self):
        branch = self.branch()
        invoice = self.invoice(self.acme, 100, overdue=5, company=branch)
        self.assertEqual(invoice.company_id, branch)
        payment = self.env["account.payment"].create(
            {
                "payment_type": "inbound",
                "partner_type": "customer",
                "partner_id": self.acme.id,
                "amount": 100,
                "date": self.today,
                "journal_id": self.bank.id,
                "company_id": self.company.id,
                "invoice_ids": invoice.ids,
            }
        )
        payment.action_post()
        self.assertHeld(payment, amounts=[100])
        self.assertFigures(self.acme, company=branch, amount_collectible=0)

    def test_payment_with_an_entry_holds_nothing(self):
        outstanding = self.company_data["default_account_assets"].copy({"reconcile": True})
        self.bank.inbound_payment_method_line_ids.payment_account_id = outstanding
        payment = self.pay(self.invoice(self.acme, 100, overdue=5), 60)
        self.assertTrue(payment.move_id)
        self.assertHeld(payment, amounts=[])
        self.assertFigures(self.acme, amount_collectible=40, amount_total=40)

    def test_cashier_without_access_to_collections(self):
        invoice = self.invoice(self.acme, 100, overdue=5)
        wizard = self.env["account.payment.register"].with_user(self.cashier)
        payment = (
            wizard.with_context(active_model="account.move", active_ids=invoice.ids)
            .create({"amount": 100})
            ._create_payments()
        )
        self.assertHeld(payment, amounts=[100])
        payment.action_reject()
        self.assertHeld(payment, amounts=[])

    def test_paid_while_the_invoice_is_a_draft(self):
        invoice = self.invoice(self.acme, 100, overdue=5)
        payment = self.pay(invoice, 100)
        invoice.button_draft()
        self.assertHeld(payment, amounts=[])
        invoice.action_post()
        self.assertHeld(payment, amounts=[100])
        self.assertFigures(self.acme, amount_collectible=0)

    # ------------------------------------------------------------------
    # Releasing
    # ------------------------------------------------------------------

    def test_banked_by_a_statement_line(self):
        invoice = self.invoice(self.acme, 100, overdue=5)
        payment = self.pay(invoice, 60)
        line = self.bank_line(invoice, 60)
        self.assertEqual(payment.state, "paid")
        self.assertHeld(payment, amounts=[])
        self.assertFigures(self.acme, amount_collectible=40, amount_total=40, amount_held=0)
        line.action_undo_reconciliation()
        self.assertEqual(payment.state, "in_process")
        self.assertHeld(payment, amounts=[60])
        self.assertFigures(self.acme, amount_collectible=40, amount_total=100, amount_held=60)

    def test_one_of_two_payments_is_banked(self):
        invoice = self.invoice(self.acme, 150, overdue=5)
        first, second = self.pay(invoice, 100), self.pay(invoice, 30)
        self.bank_line(invoice, 100)
        self.assertHeld(first, amounts=[])
        self.assertHeld(second, amounts=[30])
        self.assertFigures(self.acme, amount_total=50, amount_held=30, amount_collectible=20)

    def test_payment_validated_by_hand_still_holds(self):
        payment = self.pay(self.invoice(self.acme, 100, overdue=5), 100)
        payment.action_validate()
        self.assertHeld(payment, amounts=[100])
        self.assertFigures(self.acme, amount_collectible=0)

    def test_rejected_canceled_and_reset(self):
        for action in ("action_reject", "action_cancel", "action_draft"):
            with self.subTest(action):
                customer = self.customer(action)
                payment = self.pay(self.invoice(customer, 100, overdue=5), 100)
                self.assertHeld(payment, amounts=[100])
                getattr(payment, action)()
                self.assertHeld(payment, amounts=[])
                self.assertIn(payment.display_name, self._holds(payment, standing=False).released_reason)
                self.assertFigures(customer, amount_collectible=100)

    def test_deleted(self):
        payment = self.pay(self.invoice(self.acme, 100, overdue=5), 100)
        payment.action_draft()
        payment.action_post()
        hold = self._holds(payment)
        self.assertTrue(hold)
        payment.action_draft()
        payment.unlink()
        self.assertTrue(hold.date_released)
        self.assertFigures(self.acme, amount_collectible=100)

    def test_invoice_paid_otherwise(self):
        """The hold protects nothing any more, and nobody is asked for the payment."""
        invoice = self.invoice(self.acme, 100, overdue=5)
        payment = self.pay(invoice, 60)
        self.bank_line(invoice, 100)
        self.assertFigures(self.acme, amount_total=0, amount_held=0, amount_collectible=0)
        with self.at(11):
            self.env["account.payment"]._cron_collection_unbooked()
        self.assertHeld(payment, amounts=[])
        self.assertFalse(self.account(self.acme).activity_ids)

    # ------------------------------------------------------------------
    # Ten days
    # ------------------------------------------------------------------

    def test_ten_days(self):
        account = self.account(self.acme)
        payment = self.pay(self.invoice(self.acme, 100, overdue=5), 100)
        account = self.account(self.acme)
        account.collector_id = self.collector
        for day, held in ((9, 100), (10, 100), (11, 0)):
            with self.subTest(day), self.at(day):
                self.env["account.payment"]._cron_collection_unbooked()
                account._refresh()
                self.assertEqual(account.amount_collectible, 100 - held)
                self.assertHeld(payment, amounts=[held] if held else [])
                self.assertEqual(len(account.activity_ids), 0 if held else 1)
        self.assertRecordValues(account.activity_ids, [{"user_id": self.collector.id, "date_deadline": self.day(11)}])
        self.assertIn(payment.display_name, account.activity_ids.summary)
        with self.at(12):
            self.env["account.payment"]._cron_collection_unbooked()
        self.assertEqual(len(account.activity_ids), 1, "One task only")

    def test_hold_ends_even_if_the_job_did_not_run(self):
        self.pay(self.invoice(self.acme, 100, overdue=5), 100)
        for day, collectible in ((10, 0), (11, 100)):
            with self.at(day):
                self.account(self.acme)._refresh()
                self.assertFigures(self.acme, amount_collectible=collectible)

    def test_own_number_of_days(self):
        self.company.collection_payment_hold_days = 3
        payment = self.pay(self.invoice(self.acme, 100, overdue=5), 100)
        self.assertEqual(self._holds(payment).date_until, self.day(3))

    def test_days_count_from_the_payments_date(self):
        one, two = self.invoice(self.acme, 100, overdue=5), self.invoice(self.acme, 50, overdue=5)
        self.assertEqual(self._holds(self.pay(one, 100, payment_date=self.day(-10))).date_until, self.today)
        self.assertHeld(self.pay(two, 50, payment_date=self.day(-11)), amounts=[])

    def test_task_without_a_collector_goes_to_the_manager(self):
        manager = self.member("manager")
        self.company.collection_manager_id = manager
        self.pay(self.invoice(self.acme, 100, overdue=5), 100)
        with self.at(11):
            self.env["account.payment"]._cron_collection_unbooked()
        self.assertEqual(self.account(self.acme).activity_ids.user_id, manager)
