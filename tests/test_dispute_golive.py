from odoo.tests import tagged

from .golive_common import GoliveCommon

HEAD = "invoice,amount,reason,opened_on,description,team"


@tagged("post_install", "-at_install")
class TestDisputeGolive(GoliveCommon):
    """Disputes of the former system are routed, and nobody is written to."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Dispute = cls.env["collection.dispute"]
        cls.resolver = cls.member("resolver", "rita", name="Rita Resolver")
        cls.pricing = cls.env.ref("account_collections.dispute_team_pricing")
        cls.logistics = cls.env.ref("account_collections.dispute_team_logistics")
        (cls.pricing | cls.logistics).user_id = cls.resolver
        cls.reason = cls.env.ref("account_collections.dispute_reason_pricing")
        cls.move = cls.invoice(cls.acme, 1000, overdue=20)

    def line(self, move=None, amount="", reason="pricing", opened_on=-9, text="", team=""):
        return f"{(move or self.move).name},{amount},{reason},{self.day(opened_on)},{text},{team}"

    def check_lines(self, *lines):
        return self.check("dispute", [HEAD, *lines])

    def disputes(self, *lines):
        wizard = self.bring_in("dispute", [HEAD, *lines])
        return self.Dispute.search([("golive_id", "=", wizard.golive_id.id)], order="id")

    # ------------------------------------------------------------------
    # What comes of a line
    # ------------------------------------------------------------------

    def test_routed_held_and_nobody_written_to(self):
        mails = self.env["mail.mail"].search_count([])
        dispute = self.disputes(self.line(text="Charged list price"))
        self.assertEqual((dispute.state, dispute.team_id, dispute.reason_id), ("routed", self.pricing, self.reason))
        self.assertEqual((dispute.amount, dispute.line_ids.part), (1000, "whole"))
        self.assertEqual(dispute.description, "Charged list price")
        self.assertEqual(self.company._collection_date(dispute.opened_on), self.day(-9))
        account = self.account(self.acme)
        self.assertEqual((account.amount_disputed, account.amount_collectible, account.stage), (1000, 0, "disputed"))
        self.assertEqual(dispute.activity_ids.user_id, self.resolver)
        self.assertEqual(self.env["mail.mail"].search_count([]), mails)

    def test_the_time_to_decide_begins_with_the_import(self):
        dispute = self.disputes(self.line(opened_on=-300))
        self.assertFalse(dispute.is_late)
        self.assertEqual((dispute.hours, dispute.reminder_level), (self.reason.hours, 0))
        self.assertGreater(self.company._collection_date(dispute.deadline), self.today)

    def test_a_part_leaves_the_rest_collectible(self):
        dispute = self.disputes(self.line(amount=250))
        self.assertEqual((dispute.amount, dispute.line_ids.part), (250, "amount"))
        self.assertEqual(self.account(self.acme).amount_collectible, 750)

    def test_documents_that_a_reason_asks_for_may_come_later(self):
        self.reason.evidence = "route"
        self.assertEqual(self.disputes(self.line()).state, "routed")

    def test_another_team_and_names_of_reasons(self):
        dispute = self.disputes(self.line(amount=10, reason=self.reason.name.upper(), team=self.logistics.name))
        self.assertEqual((dispute.reason_id, dispute.team_id), (self.reason, self.logistics))

    def test_instalments_of_an_invoice(self):
        parts = self.instalments(self.acme, [(300, 40), (700, 10)])
        dispute = self.disputes(self.line(parts))
        self.assertEqual(sorted(dispute.line_ids.mapped("amount_currency")), [300, 700])
        self.assertProblem(self.check_lines(self.line(parts, amount=5)), 2, "due in parts")

    # ------------------------------------------------------------------
    # What is refused
    # ------------------------------------------------------------------

    def test_what_is_wrong(self):
        wizard = self.check_lines(
            self.line(amount=1000.01),
            self.line(amount=0),
            self.line(reason="unknown"),
            self.line(team="Nobody", amount=1),
            self.line(opened_on=1, amount=2),
            f"X/1,,pricing,{self.day(-1)},,",
        )
        for line, words in (
            (2, "1,000.00 of"),
            (3, "more than zero"),
            (4, "Reason “unknown” is not known. There is: "),
            (5, "Team “Nobody” is not known"),
            (6, "still to come"),
            (7, "No posted document"),
        ):
            self.assertProblem(wizard, line, words)
        self.assertCounts(wizard, errors=6)

    def test_parts_that_overlap(self):
        wizard = self.check_lines(
            self.line(amount=100), self.line(amount=100, reason="shortage"), self.line(amount=50), self.line()
        )
        self.assertProblem(wizard, 4, "is disputed already: line 2")
        self.assertProblem(wizard, 5, "is disputed already: line 2")
        self.assertCounts(wizard, new=2, errors=2)
        dispute = self.disputes(self.line(amount=100))
        wizard = self.check_lines(self.line(amount=60))
        self.assertProblem(wizard, 2, f"is disputed already: {dispute.name}")

    def test_together_no_more_than_is_open(self):
        wizard = self.check_lines(self.line(amount=700), self.line(amount=301, reason="shortage"))
        self.assertProblem(wizard, 3, "300.00 of")

    def test_reasons_and_teams_of_another_company(self):
        other = self.env["res.company"].create({"name": "Other"})
        self.reason.copy({"name": "Elsewhere", "code": "elsewhere", "company_id": other.id})
        self.assertProblem(self.check_lines(self.line(reason="elsewhere")), 2, "is not known")

    # ------------------------------------------------------------------
    # Again
    # ------------------------------------------------------------------

    def test_importing_again_changes_nothing(self):
        second = self.invoice(self.acme, 500, overdue=5)
        lines = [HEAD, self.line(amount=100, text="First"), self.line(second)]
        self.bring_in("dispute", lines)
        again = self.check("dispute", lines)
        self.assertCounts(again, same=2)
        again.action_import()
        self.assertEqual(self.Dispute.search_count([("golive_id", "!=", False)]), 2)
        self.Dispute.search([("golive_id", "!=", False)])._set_void("Was no dispute")
        self.assertCounts(self.check("dispute", lines), same=2)

    def test_many_disputes(self):
        moves = [self.invoice(self.acme, 10, overdue=20) for _each in range(44)]
        self.Account._refresh_touched()

        def queries(some):
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            self.disputes(*(self.line(move, opened_on=-3) for move in some))
            self.env.flush_all()
            return self.cr.sql_log_count - before

        queries(moves[:2])
        few, many = queries(moves[2:12]), queries(moves[12:])
        self.assertLessEqual(many - few, 22 * 40, f"{few} queries for 10 disputes, {many} for 32")
