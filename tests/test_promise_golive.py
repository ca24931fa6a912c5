from odoo.tests import tagged

from .golive_common import GoliveCommon

HEAD = "reference,invoice,customer,amount,date,made_on,contact"


@tagged("post_install", "-at_install")
class TestPromiseGolive(GoliveCommon):
    """Promises of the former system: today is Wednesday, 2026-03-18; with two business days of grace."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Promise = cls.env["collection.promise"]
        cls.ann = cls.env["res.partner"].create(
            {"name": "Ann Lee", "email": "ann@acme.example", "parent_id": cls.acme.id}
        )
        cls.acme.ref = "C-100"
        cls.old = cls.invoice(cls.acme, 1000, overdue=40)
        cls.new = cls.invoice(cls.acme, 500, overdue=10)

    def line(self, reference="", move=None, customer="", amount="", date=5, made_on=-2, contact=""):
        number = move.name if move else ""
        return f"{reference},{number},{customer},{amount},{self.day(date)},{self.day(made_on)},{contact}"

    def check_lines(self, *lines):
        return self.check("promise", [HEAD, *lines])

    def promises(self, *lines):
        """Import lines; the promises that came of them."""
        wizard = self.bring_in("promise", [HEAD, *lines])
        return self.Promise.search([("golive_id", "=", wizard.golive_id.id)], order="id")

    def amounts(self, promise):
        return {line.move_id: line.amount_currency for line in promise.line_ids}

    def dates(self, promise):
        return {each.date: each.amount_currency for each in promise.installment_ids}

    # ------------------------------------------------------------------
    # What comes of a line
    # ------------------------------------------------------------------

    def test_open_held_and_nobody_written_to(self):
        mails = self.env["mail.mail"].search_count([])
        promise = self.promises(self.line(move=self.old, amount=600, contact="ann lee"))
        self.assertEqual((promise.state, promise.date, promise.contact_id), ("open", self.day(-2), self.ann))
        self.assertEqual((self.amounts(promise), self.dates(promise)), ({self.old: 600}, {self.day(5): 600}))
        account = self.account(self.acme)
        self.assertEqual((account.amount_promised, account.amount_collectible), (600, 900))
        self.assertEqual(account.stage, "promised")
        self.assertEqual(self.env["mail.mail"].search_count([]), mails)
        self.assertFalse(promise.mail_id)
        self.assertIn(promise.golive_id.name, promise.mail_note)

    def test_a_confirmation_can_still_be_sent(self):
        promise = self.promises(self.line(move=self.old, amount=600))
        promise.with_user(self.collector).action_send_confirmation()
        self.assertTrue(promise.mail_id)

    def test_lines_with_one_reference_are_one_promise(self):
        promise = self.promises(
            self.line("P-1", self.old, amount=400, date=5),
            self.line("p-1", self.old, amount=600, date=12),
            self.line("P-1", self.new, date=12),
        )
        self.assertEqual(len(promise), 1)
        self.assertEqual(self.amounts(promise), {self.old: 1000, self.new: 500})
        self.assertEqual(self.dates(promise), {self.day(5): 400, self.day(12): 1100})

    def test_an_amount_of_a_customer_goes_to_the_oldest_items(self):
        by_customer, by_invoice = self.line(customer="C-100", amount=1100), self.line(move=self.old, amount=200, date=6)
        first, second = self.promises(by_customer, by_invoice)
        # What is said of a document comes first, wherever its line stands.
        self.assertEqual(self.amounts(first), {self.old: 800, self.new: 300})
        self.assertEqual(self.amounts(second), {self.old: 200})

    def test_instalments_of_an_invoice(self):
        parts = self.instalments(self.acme, [(300, 40), (700, 10)])
        promise = self.promises(self.line(move=parts))
        self.assertEqual(sorted(promise.line_ids.mapped("amount_currency")), [300, 700])
        wizard = self.check_lines(self.line(move=parts, amount=100, date=6))
        self.assertProblem(wizard, 2, "due in parts")

    def test_another_currency(self):
        euro = self.env.ref("base.EUR")
        euro.active = True
        move = self.invoice(self.acme, 100, overdue=5, currency_id=euro.id)
        promise = self.promises(self.line(move=move, amount=40))
        self.assertEqual((promise.currency_id, promise.amount_currency), (euro, 40))
        wizard = self.check_lines(self.line("P", move, amount=10), self.line("P", self.old, amount=10))
        self.assertProblem(wizard, 3, "Line 2 of the same promise differs: Currency")

    # ------------------------------------------------------------------
    # Judged at once
    # ------------------------------------------------------------------

    def test_judged_at_once_around_the_deadline(self):
        """Promised for Monday the 16th its deadline is today; for Friday the 13th it was yesterday."""
        self.pay(self.invoice(self.customer("Bank"), 10), 10)  # bank data reach today
        for day, state, warned in ((-2, "open", False), (-5, "broken", True)):
            with self.subTest(day=day):
                line = self.line(move=self.old if day == -2 else self.new, amount=100, date=day, made_on=-20)
                self.assertEqual(bool(self.warnings(self.check_lines(line))), warned)
                promise = self.promises(line)
                self.assertEqual(promise.state, state)
        self.assertEqual(self.account(self.acme).stage, "promise_broken")
        self.assertEqual(self.account(self.acme).amount_promised, 100)

    def test_unapplied_money_covers_a_promise(self):
        self.unapplied(self.acme, 100, date=self.day(-3))
        promise = self.promises(self.line(move=self.old, amount=100, date=-6, made_on=-20))
        self.assertEqual(promise.state, "pending_application")

    def test_money_that_came_before_the_import_keeps_nothing(self):
        self.pay(self.old, 400)
        promise = self.promises(self.line(move=self.old, amount=600, made_on=-20))
        self.assertEqual((promise.state, promise.amount_received_currency), ("open", 0))

    # ------------------------------------------------------------------
    # What is refused
    # ------------------------------------------------------------------

    def test_what_is_wrong(self):
        lines = (
            self.line(move=self.old, amount=1000.01),
            self.line(move=self.new, amount="0"),
            self.line(move=self.new, amount="1.005", date=6),
            self.line(move=self.new, amount=1, date=7, made_on=1),
            self.line(move=self.new, amount=1, date=-3, made_on=-2),
            self.line(amount=10),
            self.line(customer="C-100"),
            self.line(customer="C-100", amount=600.01, date=9),
        )
        wizard = self.check_lines(
            *lines, self.line("P", move=self.old, amount=900, date=10), self.line("P", amount="x")
        )
        for line, words in (
            (2, "1,000.00 of"),
            (3, "more than zero"),
            (4, "more decimals"),
            (5, "still to come"),
            (6, "before the day on which it was promised"),
            (7, "Give the invoice, or the customer"),
            (8, "needed where no invoice is given"),
            (9, "is open and not held yet"),
            (10, "Line 11 of the same promise has an error"),
            (11, "is no amount"),
        ):
            self.assertProblem(wizard, line, words)
        self.assertCounts(wizard, errors=10)

    def test_lines_of_one_promise_must_agree(self):
        wizard = self.check_lines(
            self.line("A", self.old, amount=10),
            self.line("A", self.new, amount=10, made_on=-3),
            self.line("B", self.old, amount=10, contact="Ann Lee"),
            self.line("B", self.new, amount=10, contact="Bob"),
            self.line("C", self.old, amount=10),
            self.line("C", self.invoice(self.customer("Other"), 10, overdue=3), amount=10),
        )
        self.assertProblem(wizard, 3, "Line 2 of the same promise differs: Promised On")
        self.assertProblem(wizard, 5, "Line 4 of the same promise differs: Promised By")
        self.assertProblem(wizard, 7, "Line 6 of the same promise differs: Customer")
        self.assertCounts(wizard, errors=6)

    def test_lines_promise_together_what_is_free(self):
        wizard = self.check_lines(self.line(move=self.old, amount=700), self.line(move=self.old, amount=301, date=6))
        self.assertProblem(wizard, 3, "300.00 of")
        self.assertCounts(wizard, new=1, errors=1)

    def test_contacts_that_are_not_known_stay_in_the_note(self):
        line = self.line(move=self.old, amount=10, contact="Somebody")
        self.assertIn("Not one contact of the customer is “Somebody”", self.warnings(self.check_lines(line))[0][1])
        promise = self.promises(line)
        self.assertEqual((promise.contact_id.id, promise.note), (False, "Promised by: Somebody"))

    def test_items_of_nobody(self):
        entry = self.entry(self.env["res.partner"], 100, overdue=10)
        self.assertProblem(self.check_lines(self.line(move=entry, amount=10)), 2, "The customer of")

    # ------------------------------------------------------------------
    # Again
    # ------------------------------------------------------------------

    def test_importing_again_changes_nothing(self):
        lines = [
            HEAD,
            self.line("P-1", self.old, amount=400),
            self.line(move=self.new),
            self.line("P-1", self.old, date=9),
        ]
        self.bring_in("promise", lines)
        before = self.Promise.search_count([])
        again = self.check("promise", lines)
        self.assertCounts(again, same=3)
        again.action_import()
        self.assertEqual(self.Promise.search_count([]), before)
        changed = self.check("promise", [HEAD, self.line("P-1", self.old, amount=500, date=8)])
        self.assertCounts(changed, same=1)
        self.assertIn("which stays as it is", self.warnings(changed)[0][1])

    def test_what_was_paid_since_is_told(self):
        line = self.line(move=self.old)
        self.promises(line)
        self.pay(self.old, 1000)
        wizard = self.check_lines(line)
        self.assertCounts(wizard, same=1)
        self.assertIn("Nothing of", self.warnings(wizard)[0][1])

    def test_many_promises(self):
        """The first statements are made once; each promise then costs a bounded number more."""
        partners = self.env["res.partner"].create([{"name": f"C{n}", "is_company": True} for n in range(44)])
        moves = [self.invoice(partner, 100, overdue=20) for partner in partners]
        self.Account._refresh_touched()

        def queries(some):
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            self.promises(*(self.line(move=move, amount=50) for move in some))
            self.env.flush_all()
            return self.cr.sql_log_count - before

        queries(moves[:2])
        few, many = queries(moves[2:12]), queries(moves[12:])
        self.assertLessEqual(many - few, 22 * 40, f"{few} queries for 10 promises, {many} for 32")
