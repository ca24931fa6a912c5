from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.models import BaseModel
from odoo.tests import tagged

from .exception_common import ExceptionCommon


@tagged("post_install", "-at_install")
class TestExceptionStates(ExceptionCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # Whoever sets up the tests has no part in decisions.
        cls.env.user.group_ids -= cls.env.ref("account_collections.group_manager")
        cls.env = cls.env(su=True)
        for name, value in list(vars(cls).items()):
            if isinstance(value, BaseModel):
                setattr(cls, name, value.sudo())

    # ------------------------------------------------------------------
    # Proposing and approving
    # ------------------------------------------------------------------

    def test_protective_ones_act_once_proposed(self):
        person = self.ap()
        for effect, vals in (("ap_only", {}), ("never_contact", {"contact_id": self.contact(self.acme, "Bob").id})):
            exception = self.draft(effect, **vals)
            self.assertFalse(exception.is_acting)
            exception.action_propose()
            self.assertEqual(
                (exception.state, exception.is_acting, exception.approval_state), ("proposed", True, "waiting")
            )
            exception.with_user(self.manager).action_refuse("Not agreed")
            self.assertEqual((exception.state, exception.is_acting), ("refused", False))
        self.assertTrue(person)

    def test_what_lowers_the_pressure_waits_for_a_manager(self):
        invoice = self.invoice(self.acme, 100, overdue=5)
        exception = self.proposed("statements_only")
        self.assertEqual((exception.state, exception.is_acting), ("proposed", False))
        run = self.simulate()
        self.assertFalse(self.reasons(invoice))
        exception.with_user(self.manager).action_approve()
        self.assertEqual((exception.state, exception.is_acting), ("approved", True))
        self.assertEqual((exception.approver_id, exception.approved_on), (self.manager, self.today))
        run.action_simulate()
        self.assertEqual(self.reasons(invoice), {"statements_only"})

    def test_nobody_approves_their_own(self):
        exception = self.Exception.with_user(self.manager).create(
            {"type_id": self.kind("grace").id, "partner_id": self.acme.id, "date_from": self.today, "days": 5}
        )
        self.member("manager", "another")
        exception.action_propose()
        with self.assertRaises(UserError):
            exception.action_approve()
        self.assertEqual(exception.state, "proposed")

    def test_collectors_do_not_approve(self):
        exception = self.proposed("grace", days=5)
        with self.assertRaises(UserError):
            exception.with_user(self.member("collector", "colleague")).action_approve()

    def test_taken_back(self):
        exception = self.proposed("grace", days=5)
        exception.action_withdraw_approval()
        self.assertEqual(exception.state, "draft")
        exception.days = 6
        exception.action_propose()
        self.assertEqual(exception.state, "proposed")

    def test_what_was_proposed_stays_as_it_is(self):
        exception = self.proposed("grace", days=5)
        with self.assertRefused(UserError, "stays as it is"):
            exception.days = 50
        for vals in ({"state": "approved"}, {"approver_id": self.collector.id}, {"effect": "ap_only"}):
            with self.assertRaises(AccessError):
                exception.write(vals)
        with self.assertRaises(UserError):
            exception.unlink()
        exception.review_date = self.day(30)
        self.draft("grace", days=5).unlink()

    def test_ended_before_its_time(self):
        exception = self.approved("grace", days=5)
        with self.assertRaises(AccessError):
            exception.with_user(self.collector).action_end()
        exception.with_user(self.manager).action_end()
        self.assertEqual((exception.state, exception.ended_on, exception.is_acting), ("expired", self.today, False))
        with self.assertRaises(UserError):
            exception.with_user(self.collector).action_propose()

    def test_follows_a_customer_that_joins_a_company(self):
        bill = self.invoice(self.acme, 100, overdue=20)
        own, document = self.approved("hold", date_to=self.day(20)), self.approved("grace", bill, days=5)
        holding = self.customer("Holding")
        self.acme.write({"is_company": False, "parent_id": holding.id})
        account = self.account(holding)
        for exception in own + document:
            self.assertRecordValues(
                exception, [{"partner_id": holding.id, "account_id": account.id, "state": "approved"}]
            )
            self.assertIn("Holding", exception.message_ids[0].body)
        self.assertEqual(account.exception_count, 2)
        self.assertEqual(own.hold_count, 1)
        self.assertEqual(self.env["collection.hold"].search([("res_id", "=", own.id)]).account_id, account)
        self.assertIn(own.name, account.exception_banner)
        self.assertEqual((document.scope, document.move_id), ("invoice", bill))

    def test_merged_customers(self):
        other = self.customer("Acme Inc.")
        bill = self.invoice(other, 100, overdue=20)
        self.invoice(self.acme, 50, overdue=20)
        theirs = self.approved("hold", other, date_to=self.day(20))
        wizard = self.env["base.partner.merge.automatic.wizard"].create({})
        wizard._merge([self.acme.id, other.id], self.acme)
        self.env.invalidate_all()
        account = self.account(self.acme)
        self.assertEqual((theirs.partner_id, theirs.account_id, theirs.is_acting), (self.acme, account, True))
        holds = self.env["collection.hold"].search([("res_model", "=", theirs._name), ("is_live", "=", True)])
        self.assertEqual((holds.account_id, bill in holds.move_line_id.move_id), (account, True))

    # ------------------------------------------------------------------
    # Approver absent
    # ------------------------------------------------------------------

    def absent(self, user, substitute):
        return self.env["collection.substitution"].create(
            {
                "user_id": user.id,
                "substitute_id": substitute.id,
                "date_from": self.today,
                "date_to": self.day(7),
                "company_id": self.company.id,
            }
        )

    def test_absent_with_a_substitute(self):
        assistant = self.member("assistant")
        exception = self.proposed("grace", days=5)
        with self.assertRaises(UserError):
            exception.with_user(assistant).action_approve()
        self.absent(self.manager, assistant)
        exception.with_user(assistant).action_approve()
        self.assertEqual((exception.state, exception.approver_id), ("approved", assistant))
        self.assertEqual(exception.approval_ids.on_behalf_id, self.manager)

    def test_substitute_is_who_asked(self):
        """The requester does not approve through the absence of the approver either."""
        self.absent(self.manager, self.collector)
        exception = self.proposed("grace", days=5)
        with self.assertRaises(UserError):
            exception.action_approve()
        self.assertFalse(exception.is_acting)

    def test_no_approver_at_all(self):
        """What lowers the pressure cannot be proposed, in clear words; what protects acts all the same."""
        self.manager.active = False
        exception = self.draft("grace", days=5)
        with self.assertRefused(UserError, "Nobody else can approve"):
            exception.action_propose()
        self.assertEqual(exception.state, "draft")
        self.ap()
        protecting = self.proposed("ap_only")
        self.assertEqual((protecting.state, protecting.is_acting), ("proposed", True))
        self.assertFalse(protecting.approval_ids)

    # ------------------------------------------------------------------
    # Bad input
    # ------------------------------------------------------------------

    def test_contradictions_name_both(self):
        first = self.proposed("portal_only")
        second = self.draft("letters_only")
        with self.assertRaises(ValidationError) as caught:
            second.action_propose()
        self.assertIn(first.name, str(caught.exception))
        self.assertIn(second.name, str(caught.exception))
        self.assertEqual(second.state, "draft")

    def test_contradictions(self):
        person = self.ap()
        bob = self.contact(self.acme, "Bob")
        other = self.customer("Other")
        invoice = self.invoice(self.acme, 100)
        for one, another, refused in (
            (("portal_only", {}), ("letters_only", {}), True),
            (("no_letters", {}), ("letters_only", {}), True),
            (("no_letters", {}), ("portal_only", {}), False),
            (("ap_only", {}), ("never_contact", {"contact_id": person.id}), True),
            (("ap_only", {}), ("never_contact", {"contact_id": bob.id}), False),
            (("grace", {"days": 5}), ("grace", {"days": 9}), True),
            (("portal_only", {"date_to": self.day(5)}), ("letters_only", {"date_from": self.day(5)}), True),
            (("portal_only", {"date_to": self.day(5)}), ("letters_only", {"date_from": self.day(6)}), False),
            (("portal_only", {}), ("letters_only", {"partner_id": other.id}), False),
            (("portal_only", {}), ("letters_only", {"on": invoice}), False),
        ):
            with self.subTest(one=one, another=another), self.cr.savepoint() as savepoint:
                self.approved(one[0], **one[1])
                draft = self.draft(another[0], **another[1])
                if refused:
                    with self.assertRefused(ValidationError, "contradict|already"):
                        draft.action_propose()
                else:
                    draft.action_propose()
                savepoint.rollback()
                self.env.invalidate_all()

    def test_two_drafts_proposed_together(self):
        both = self.draft("portal_only") | self.draft("letters_only")
        with self.assertRefused(ValidationError, "contradict"):
            both.action_propose()

    def test_incomplete(self):
        stranger = self.customer("Stranger")
        for effect, vals, words in (
            ("ap_only", {}, "no A/P contact"),
            ("never_contact", {}, "who is not"),
            ("never_contact", {"contact_id": stranger.id}, "no contact of"),
            ("document_copy", {}, "which copy"),
            ("pay_run", {}, "pay runs"),
            ("pay_run", {"pay_days": "soon"}, "no days"),
            ("grace", {}, "extra days"),
            ("grace", {"days": -1}, "extra days"),
            ("tolerance", {}, "amount"),
            ("hold", {}, "last day"),
            ("grace", {"days": 5, "date_from": self.day(-9), "date_to": self.day(-1)}, "ended already"),
        ):
            with self.subTest(effect=effect, vals=vals), self.cr.savepoint() as savepoint:
                draft = self.draft(effect, **vals)
                with self.assertRefused(ValidationError, words):
                    draft.action_propose()
                savepoint.rollback()
                self.env.invalidate_all()

    def test_scope(self):
        invoice = self.invoice(self.acme, 100)
        contact = self.contact(self.acme)
        self.assertEqual(self.draft("grace", invoice, days=5).partner_id, self.acme)
        self.assertEqual(self.draft("grace", contact, days=5).partner_id, self.acme)
        self.assertEqual(self.draft("grace", contact, days=5).account_id, self.account(self.acme))
        bill = self.invoice(self.acme, 100, post=False)
        with self.assertRefused(ValidationError, "no posted invoice"):
            self.draft("grace", bill, days=5).action_propose()

    # ------------------------------------------------------------------
    # The listing
    # ------------------------------------------------------------------

    def test_listing(self):
        """Printed by company and type; exported by Odoo's own export."""
        exceptions = self.approved("grace", days=5, instruction="Net 45") | self.proposed("no_fees")
        html, _kind = self.env["ir.actions.report"]._render_qweb_html(
            "account_collections.report_exceptions", exceptions.ids
        )
        text = html.decode()
        for words in (
            exceptions[0].name,
            "Net 45",
            "5 extra days of grace",
            self.manager.name,
            "Acme Corp.",
            "Proposed",
        ):
            self.assertIn(words, text)
        self.collector.group_ids |= self.env.ref("base.group_allow_export")
        rows = exceptions.with_user(self.collector).export_data(["name", "scope_text", "summary", "state"])["datas"]
        self.assertEqual(rows[0][1:], ["Acme Corp.", "5 extra days of grace", "Approved"])
