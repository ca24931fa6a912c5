from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from .plan_common import PlanCommon


@tagged("post_install", "-at_install")
class TestReview(PlanCommon):
    """The managers' meeting: what stands on its agenda, opinions, decisions, minutes."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.draft = cls.submit(cls.plan())

    def item(self, review, record=None):
        record = record or self.draft
        return review.item_ids.filtered(lambda each: (each.res_model, each.res_id) == (record._name, record.id))

    # ------------------------------------------------------------------
    # The agenda
    # ------------------------------------------------------------------

    def test_all_that_waits_with_its_facts(self):
        review = self.review()
        self.assertEqual(review.participant_ids, self.assistant | self.manager)
        item = self.item(review)
        self.assertEqual(
            (item.kind, item.amount, item.partner_id, item.requester_id, item.state),
            ("plan", 1000, self.acme, self.collector, "open"),
        )
        facts = dict(item.details)
        self.assertEqual(facts["Root cause"], "The owner waits for a loan")
        self.assertIn("1,000.00 overdue of", facts["Account today"])
        self.assertIn("Instalment 1", item.details_text)
        self.assertEqual((review.item_count, review.open_count, review.amount), (1, 1, 1000))

    def test_gathered_again(self):
        review = self.review()
        other = self.customer("Other")
        self.invoice(other, 50, overdue=9)
        second = self.submit(self.plan((7, 20), partner=other))
        review.with_user(self.assistant).action_gather()
        self.assertEqual(review.item_ids.mapped("res_id"), [self.draft.id, second.id])
        review.with_user(self.assistant).action_gather()
        self.assertEqual(len(review.item_ids), 2)
        self.item(review).with_user(self.assistant).action_for()
        for plan in self.draft + second:
            plan.with_user(self.collector).action_withdraw_approval()
        review.with_user(self.assistant).action_gather()
        self.assertEqual(review.item_ids, self.item(review), "What somebody spoke about stays in the minutes")
        self.assertEqual(review.item_ids.state, "void")

    def test_credit_holds_that_were_proposed(self):
        other = self.customer("Other")
        self.invoice(other, 50, overdue=9)
        for customer, decide, state in (
            (self.acme, lambda item: item.action_approve(), "active"),
            (other, lambda item: item.action_refuse("They paid today"), "refused"),
        ):
            hold = self.account(customer)._propose_credit_hold("Overdue for long")
            item = self.item(self.review(), hold)
            self.assertEqual((item.kind, dict(item.details)["Why"]), ("credit_hold", "Overdue for long"))
            decide(item.with_user(self.manager))
            self.assertEqual((hold.state, item.state), (state, "approved" if state == "active" else state))

    def test_long_pauses(self):
        items = self.items(self.move)
        for days, listed in ((30, False), (31, True)):
            hold = self.hold(items, 100, days=days, reason="The court decides")
            with self.subTest(days=days):
                review = self.review()
                self.assertEqual(bool(review.item_ids.filtered(lambda each: each.kind == "hold")), listed)
            if not listed:
                hold._release()
        item = review.item_ids.filtered(lambda each: each.kind == "hold")
        self.assertEqual((item.amount, item.requester_id), (100, hold.user_id))
        item.with_user(self.manager).action_refuse("Too long")
        self.assertEqual(hold.date_released, self.today)
        self.company.collection_review_hold_days = 0
        self.hold(items, 100, days=90)
        self.assertFalse(self.review().item_ids.filtered(lambda each: each.kind == "hold"))
        with self.assertRaises(ValidationError):
            self.company.collection_review_hold_days = -1

    def test_long_pauses_that_are_approved_stay(self):
        hold = self.hold(self.items(self.move), 100, days=60)
        item = self.review().item_ids.filtered(lambda each: each.kind == "hold")
        item.with_user(self.assistant).action_approve()
        self.assertEqual((item.state, hold.is_live), ("approved", True))

    def test_final_demands_and_placement_reviews(self):
        Notice = self.env["collection.notice"]
        policy = self.company.collection_policy_id
        step = policy.step_ids.filtered(lambda each: each.channel == "placement_review")
        notice = Notice._unguarded().create(
            {
                "name": "N1",
                "account_id": self.account(self.acme).id,
                "company_id": self.company.id,
                "policy_id": policy.id,
                "step_id": step.id,
                "channel": "placement_review",
                "date": self.today,
                "currency_id": self.company.currency_id.id,
                "amount": 1000,
                "state": "due",
                "ready": True,
            }
        )
        item = self.item(self.review(), notice)
        self.assertEqual((item.kind, item.amount), ("placement_review", 1000))
        item.with_user(self.manager).action_approve()
        self.assertEqual((notice.state, item.state), ("sent", "approved"))

    def test_another_companys_requests_are_not_on_it(self):
        other = self.second_company()["company"]
        self.member("manager", "there", companies=other)
        self.invoice(self.acme, 50, overdue=5, company=other)
        both = self.member("collector", "both", companies=self.company | other)
        account = self.account(self.acme, other)
        plan = self.plan(user=both, account_id=account.id)
        self.submit(plan, both)
        review = self.review()
        self.assertFalse(self.item(review, plan))
        self.assertTrue(self.item(review))

    def test_by_sets(self):
        for number in range(8):
            customer = self.customer(f"Other {number}")
            self.invoice(customer, 50, overdue=9)
            self.submit(self.plan((7, 20), partner=customer))
        review = self.review()
        review.item_ids._unguarded().unlink()
        self.env.flush_all()
        self.env.invalidate_all()
        with self.assertQueryCount(30):
            review._gather()
            self.env.flush_all()
        self.assertEqual(len(review.item_ids), 9)

    # ------------------------------------------------------------------
    # Opinions
    # ------------------------------------------------------------------

    def test_opinions(self):
        item = self.item(self.review())
        item.with_user(self.assistant).action_for()
        item.with_user(self.manager).action_against("The loan is refused")
        self.assertEqual(item.opinion_text, "1 for, 1 against")
        item.with_user(self.assistant).action_abstain()
        self.assertEqual(item.opinion_text, "1 against, 1 abstains")
        self.assertEqual(item.opinion_ids.mapped("is_current"), [False, True, True])
        self.assertEqual(item.with_user(self.manager).my_opinion, "Against")
        with self.assertRaisesRegex(UserError, "Say why"):
            item.with_user(self.assistant).action_against(" ")

    def test_opinions_are_of_participants(self):
        item = self.item(self.review())
        guest = self.member("assistant", "guest")
        with self.assertRaisesRegex(UserError, "does not take part"):
            item.with_user(guest).action_for()
        with self.assertRaises(ValidationError):
            item.review_id.participant_ids |= self.collector
        for user in (self.collector, self.member("auditor")):
            with self.assertRaises(AccessError):
                item.with_user(user).action_for()

    def test_nobody_writes_an_opinion_for_another(self):
        item = self.item(self.review())
        for act in (
            lambda own: own.opinion_ids.create({"item_id": item.id, "user_id": self.manager.id, "opinion": "for"}),
            lambda own: own.write({"decision": "approved"}),
            lambda own: own.unlink(),
            lambda own: own.review_id.write({"state": "closed"}),
            lambda own: own.create({"review_id": item.review_id.id, "name": "x"}),
        ):
            with self.assertRaises(AccessError):
                act(item.with_user(self.assistant))

    # ------------------------------------------------------------------
    # Decisions
    # ------------------------------------------------------------------

    def test_decided_in_the_meeting(self):
        item = self.item(self.review())
        item.with_user(self.manager).action_approve("With a call on Friday")
        self.assertEqual((self.draft.state, item.state, item.decided_by_id), ("approved", "approved", self.manager))
        self.assertEqual(self.draft.approval_ids.comment, "With a call on Friday")
        with self.assertRaisesRegex(UserError, "decided already"):
            item.with_user(self.manager).action_refuse("No")

    def test_refused_in_the_meeting(self):
        item = self.item(self.review())
        with self.assertRaisesRegex(UserError, "needs a reason"):
            item.with_user(self.manager).action_refuse()
        item.with_user(self.manager).action_refuse("Too little")
        self.assertEqual((self.draft.state, item.state, item.comment), ("returned", "refused", "Too little"))

    def test_the_meeting_gives_no_right_to_decide(self):
        item = self.item(self.review())
        with self.assertRaisesRegex(UserError, "is decided by"):
            item.with_user(self.assistant).action_approve()
        self.assertFalse(item.with_user(self.assistant).may_decide)
        self.assertTrue(item.with_user(self.manager).may_decide)

    def test_nobody_decides_the_own_request_in_the_meeting(self):
        second = self.member("manager", "second")
        other = self.customer("Other")
        self.invoice(other, 50, overdue=9)
        mine = self.submit(self.plan((7, 20), partner=other, user=self.manager), self.manager)
        items = self.review().item_ids
        with self.assertRaisesRegex(UserError, "you asked for this yourself"):
            items.with_user(self.manager).action_approve()
        self.assertEqual(set((mine + self.draft).mapped("state")), {"submitted"}, "All of them or none")
        items.with_user(second).action_approve("Both")
        self.assertEqual(set((mine + self.draft).mapped("state")), {"approved"})
        self.assertEqual(items.mapped("comment"), ["Both", "Both"])

    def test_a_substitute_decides_in_the_meeting(self):
        self.absent(self.manager, self.assistant)
        item = self.item(self.review())
        item.with_user(self.assistant).action_approve()
        self.assertEqual((item.decided_by_id, item.on_behalf_id), (self.assistant, self.manager))

    def test_nobody_there_who_may_decide(self):
        review = self.review()
        self.manager.active = False
        with self.assertRaisesRegex(UserError, "is decided by"):
            self.item(review).with_user(self.assistant).action_approve()
        review.with_user(self.assistant).action_close()
        self.assertEqual((self.item(review).state, self.draft.state), ("deferred", "submitted"))

    def test_changed_since_it_was_asked_for(self):
        item = self.item(self.review())
        self.draft._unguarded().root_cause = "Another"
        self.assertEqual((item.state, item.decision, self.draft.state), ("void", False, "draft"))

    # ------------------------------------------------------------------
    # Closing
    # ------------------------------------------------------------------

    def test_left_to_the_next_meeting(self):
        review = self.review()
        review.with_user(self.assistant).action_close()
        self.assertEqual(
            (review.state, review.closed_by_id, self.item(review).state), ("closed", self.assistant, "deferred")
        )
        following = self.review()
        self.assertEqual(self.item(following).state, "open")
        self.item(following).with_user(self.manager).action_defer("Ask the bank first")
        self.assertEqual((self.item(following).comment, self.draft.state), ("Ask the bank first", "submitted"))

    def test_closed_minutes_stay_as_they_are(self):
        review = self.review()
        item = self.item(review)
        review.with_user(self.assistant).action_close()
        self.approve(self.draft)
        self.assertEqual(item.state, "deferred")
        for act in (
            lambda own: own.write({"note": "x"}),
            lambda own: own.action_gather(),
            lambda own: own.action_close(),
            lambda own: own.item_ids.action_for(),
            lambda own: own.item_ids.action_defer(),
            lambda own: own.unlink(),
        ):
            for user in (self.assistant, self.manager):
                with self.assertRaises(UserError):
                    act(review.with_user(user))

    def test_decided_elsewhere_meanwhile(self):
        review = self.review()
        self.approve(self.draft)
        item = self.item(review)
        self.assertEqual((item.state, item.decision), ("approved", False))
        review.with_user(self.assistant).action_close()
        self.assertEqual((item.decision, item.decided_by_id), ("approved", self.manager))

    def test_an_unused_meeting_may_go(self):
        review = self.review()
        review.with_user(self.assistant).unlink()
        review = self.review()
        self.item(review).with_user(self.assistant).action_for()
        with self.assertRaises(UserError):
            review.with_user(self.assistant).unlink()

    def test_minutes(self):
        review = self.review(note="The fair is in May.")
        self.item(review).with_user(self.assistant).action_for("They pay what they promise")
        self.item(review).with_user(self.manager).action_refuse("Too little")
        html = (
            self.env["ir.actions.report"]._render_qweb_html("account_collections.report_review", review.ids)[0].decode()
        )
        for words in (
            "The owner waits for a loan",
            "They pay what they promise",
            "Refused",
            "Too little",
            "The fair is in May",
        ):
            self.assertIn(words, html)
        self.assertIn("Draft.", html)
        review.with_user(self.assistant).action_close()
        html = (
            self.env["ir.actions.report"]._render_qweb_html("account_collections.report_review", review.ids)[0].decode()
        )
        self.assertNotIn("Draft.", html)

    def test_in_words_for_several(self):
        review = self.review()
        Wizard = self.env["collection.review.decide"].with_user(self.manager)
        wizard = Wizard.with_context(active_model="collection.review.item", active_ids=review.item_ids.ids).create(
            {"act": "against", "comment": "Too little"}
        )
        wizard.action_apply()
        self.assertEqual(review.item_ids.opinion_text, "1 against")
        wizard.write({"act": "approve", "comment": "For once"})
        wizard.action_apply()
        self.assertEqual(self.draft.state, "approved")
