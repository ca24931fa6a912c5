from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from .dispute_common import DisputeCommon


@tagged("post_install", "-at_install")
class TestDisputeFlow(DisputeCommon):
    """From opening to closing, with what each step may and may not do."""

    def test_valid_is_credited_and_closes(self):
        tax = self.tax(10)
        move = self.bill(("Goods", 1000, tax), (self.freight_product, 150.75))
        dispute = self.dispute(move, "freight", reason="freight", route=True)
        self.assertEqual(dispute.team_id, self.logistics)
        mine = self.as_resolver(dispute)
        mine.action_review()
        self.assertEqual((dispute.state, dispute.user_id), ("in_review", self.resolver))
        mine._decide("valid")
        self.assertEqual((dispute.state, dispute.decision), ("resolving", "valid"))
        self.assertEqual(dispute.decided_by_id, self.resolver)
        note = dispute.credit_move_ids
        self.assertEqual((note.state, note.move_type, note.amount_total), ("draft", "out_refund", 150.75))
        self.assertEqual(note.reversed_entry_id, move)
        self.assertHeld(dispute, 150.75)
        with self.assertRefused(UserError, "closes by itself"):
            dispute.action_close()
        note.action_post()
        self.assertEqual((dispute.state, move.amount_residual), ("closed", 1100))
        self.assertHeld(dispute, 0)
        self.assertTrue(dispute.closed_on)
        self.assertFigures(self.acme, amount_collectible=1100, amount_disputed=0, dispute_count=0)

    def test_credit_of_the_tax_only(self):
        tax = self.tax(9.75)
        move = self.bill(("Goods", 1500, tax), ("More", 500, tax))
        dispute = self.dispute(move, "tax", reason="tax", route=True)
        self.attach(dispute)
        dispute._decide("valid")
        note = dispute.credit_move_ids
        self.assertEqual((note.amount_untaxed, note.amount_tax, note.amount_total), (0, 195, 195))
        note.action_post()
        self.assertEqual((dispute.state, move.amount_residual), ("closed", 2000))

    def test_credit_of_lines_and_amounts(self):
        tax = self.tax(10)
        for part, amount, expected in (("lines", None, 550), ("amount", 123.45, 123.45), ("lines", 100.01, 100.01)):
            move = self.bill(("Goods", 1000, tax), ("More", 500, tax), ("Plain", 77.7))
            lines = move.invoice_line_ids[1] if part == "lines" else None
            with self.subTest(part=part, amount=amount):
                dispute = self.dispute(move, part, amount, lines=lines, route=True)
                dispute._decide("valid")
                self.assertEqual(dispute.credit_move_ids.amount_total, expected)
                dispute.credit_move_ids.action_post()
                self.assertEqual(dispute.state, "closed")
                self.assertAlmostEqual(move.amount_residual, move.amount_total - expected, 2)

    def test_partly(self):
        move = self.invoice(self.acme, 1000, overdue=5)
        dispute = self.dispute(move, amount=400, route=True)
        with self.assertRefused(UserError, "between nothing and all"):
            dispute._decide("partly", {dispute.line_ids: 400}, "No")
        with self.assertRefused(UserError, "say why"):
            dispute._decide("partly", {dispute.line_ids: 150}, " ")
        dispute._decide("partly", {dispute.line_ids: 150}, "The rest was agreed")
        self.assertEqual((dispute.state, dispute.accepted), ("resolving", 150))
        self.assertEqual(dispute.credit_move_ids.amount_total, 150)
        self.assertEqual(sorted(self.live_holds(dispute).mapped("amount_currency")), [150, 250])
        dispute.credit_move_ids.action_post()
        self.assertEqual(dispute.state, "closed")
        self.assertFigures(self.acme, amount_collectible=600, amount_disputed=250)
        with self.at("2026-03-23 15:00:00"):
            self.account(self.acme)._refresh()
            self.assertFigures(self.acme, amount_collectible=850, amount_disputed=0)

    def test_invalid_sends_a_letter_and_is_chased_three_business_days_later(self):
        # Wednesday 18 March: chased again on Monday 23 March.
        contact = self.contact(self.acme)
        move = self.invoice(self.acme, 1000, overdue=5)
        dispute = self.dispute(move, amount=400, route=True, contact_id=contact.id)
        with self.mock_mail():
            self.as_resolver(dispute)._decide("invalid", explanation="The price was agreed in the quotation.")
        self.assertEqual((dispute.state, dispute.decision), ("closed", "invalid"))
        self.assertEqual(dispute.chase_on.isoformat(), "2026-03-23")
        mail = self.env["mail.message"].search(
            [("model", "=", dispute._name), ("res_id", "=", dispute.id), ("body", "ilike", "quotation")], limit=1
        )
        self.assertEqual(mail.partner_ids, contact)
        self.assertIn("400.00", mail.body)
        self.assertIn("Four hundred", mail.body)
        for day, collectible in ((0, 600), (4, 600), (5, 1000)):
            with self.subTest(day=day), self.at(day):
                self.account(self.acme)._refresh()
                self.assertFigures(self.acme, amount_collectible=collectible)
        with self.at(5):
            account = self.account(self.acme)
            self.assertEqual(account.dispute_won_date, dispute.chase_on)
            rules = [line["rule"] for line in account.priority_lines]
            self.assertIn("Dispute decided in our favour", rules)
            self.assertTrue(account.on_worklist)

    def mock_mail(self):
        return mute_logger("odoo.addons.mail.models.mail_mail")

    def test_invalid_without_address_is_a_task(self):
        self.acme.email = False
        dispute = self.dispute(self.invoice(self.acme, 1000, overdue=5), route=True)
        dispute._decide("invalid", explanation="No")
        self.assertIn("print the explanation letter", " ".join(dispute.activity_ids.mapped("summary")))
        self.assertIn("print", self.events(dispute, "letter").note)

    def test_archived_contact_is_passed_over(self):
        contact, payable = self.contact(self.acme), self.contact(self.acme, "Pat Payable", email="pat@example.com")
        self.acme.collection_ap_contact_id = payable
        dispute = self.dispute(self.invoice(self.acme, 1000, overdue=5), contact_id=contact.id)
        self.assertEqual(dispute.letter_recipient_id, contact)
        contact.active = False
        self.assertEqual(dispute.letter_recipient_id, payable)
        payable.active = False
        self.assertEqual(dispute.letter_recipient_id, self.acme)

    def test_steps_in_their_order_only(self):
        dispute = self.dispute(self.invoice(self.acme, 1000, overdue=5))
        with self.assertRefused(UserError, "cannot become"):
            dispute._decide("valid")
        with self.assertRefused(UserError, "not decided yet"):
            dispute.action_close()
        with self.assertRaises(UserError):
            dispute.state = "decided"
        self.assertEqual(dispute.state, "new")
        dispute.state = "routed"  # dragged
        self.assertEqual(dispute.state, "routed")
        self.assertTrue(dispute.deadline)
        self.as_resolver(dispute).write({"state": "in_review"})
        self.assertEqual(dispute.user_id, self.resolver)
        with self.assertRaises(UserError):
            self.as_resolver(dispute).write({"state": "resolving"})
        dispute._decide("valid")
        with self.assertRaises(UserError):
            dispute._decide("invalid", explanation="No")
        with self.assertRaises(UserError):
            dispute.decision = "invalid"

    def test_decision_set_on_the_record(self):
        dispute = self.dispute(self.invoice(self.acme, 1000, overdue=5), amount=400, route=True)
        action = self.as_resolver(dispute).action_decide()
        self.assertEqual(action["res_model"], "collection.dispute.decide")
        mine = self.as_resolver(dispute)
        mine.write({"decision": "partly", "explanation": "Half of it"})
        mine.line_ids.accepted_currency = 200
        mine.action_decide()
        self.assertEqual((dispute.state, dispute.accepted), ("resolving", 200))

    def test_decide_dialog(self):
        dispute = self.dispute(self.invoice(self.acme, 1000, overdue=5), amount=400, route=True)
        wizard = self.env["collection.dispute.decide"].with_user(self.resolver)
        form = Form(wizard.with_context(default_dispute_id=dispute.id))
        form.decision = "partly"
        self.assertIn("agreed price", form.explanation)
        with form.line_ids.edit(0) as line:
            line.accepted_currency = 300
        form.save().action_decide()
        self.assertEqual((dispute.state, dispute.accepted), ("resolving", 300))

    def test_evidence(self):
        move = self.invoice(self.acme, 1000, overdue=5)
        dispute = self.dispute(move, reason="pod", route=True)
        with self.assertRefused(UserError, "signed proof of delivery"):
            self.as_resolver(dispute)._decide("valid")
        self.dispute_reason("pod").evidence = "route"
        other = self.dispute(self.invoice(self.acme, 10, overdue=5), reason="pod")
        with self.assertRefused(UserError, "signed proof of delivery"):
            other.action_route()
        self.attach(other)
        other.action_route()
        self.attach(dispute)
        self.as_resolver(dispute)._decide("valid")
        self.assertEqual(dispute.state, "resolving")

    def test_void_releases_at_once(self):
        dispute = self.dispute(self.invoice(self.acme, 1000, overdue=5), route=True)
        self._step(dispute, "void", "Opened by mistake")
        self.assertEqual(dispute.state, "void")
        self.assertFigures(self.acme, amount_collectible=1000)
        self.assertEqual(self.events(dispute, "state")[:1].note, "Opened by mistake")

    def test_reopening_is_counted(self):
        dispute = self.dispute(self.invoice(self.acme, 1000, overdue=5), amount=400, route=True)
        dispute._decide("invalid", explanation="No")
        self._step(dispute, "reopen", "The customer found the quotation")
        self.assertEqual((dispute.state, dispute.reopen_count, dispute.decision), ("in_review", 1, False))
        self.assertHeld(dispute, 400)
        self.assertFigures(self.acme, amount_collectible=600)
        self.assertTrue(self.events(dispute, "reopen"))

    def test_reopening_beside_another_about_the_same(self):
        move = self.invoice(self.acme, 1000, overdue=5)
        dispute = self.dispute(move, route=True)
        self._step(dispute, "void", "Wrong")
        self.dispute(move)
        with self.assertRefused(UserError, "disputed already"):
            self._step(dispute, "reopen", "After all")

    def _step(self, dispute, step, text, user=None):
        wizard = self.env["collection.dispute.step"].with_user(user or self.env.user)
        wizard.create({"dispute_id": dispute.id, "step": step, "text": text}).action_apply()

    def test_collector_is_asked_back(self):
        collector = self.member("collector")
        dispute = self.dispute(self.invoice(self.acme, 1000, overdue=5), user=collector, route=True)
        account = self.account(self.acme)
        account.collector_id = collector
        account._work("done", self.reason("Spoke", days=5), next_action_date=self.day(9))
        self.assertFalse(account.on_worklist)
        self._step(dispute, "collector", "Which price did they see?", self.resolver)
        account = self.assertFigures(self.acme, dispute_asked_count=1, on_worklist=True)
        self.assertIn("Resolver asks", [line["rule"] for line in account.priority_lines])
        self.assertIn(collector, dispute.activity_ids.user_id)
        self._step(dispute, "answer", "The one of last year", collector)
        self.assertFigures(self.acme, dispute_asked_count=0, on_worklist=False)
        self.assertFalse(dispute.question)

    def test_credit_note_deleted_and_proposed_again(self):
        dispute = self.dispute(self.invoice(self.acme, 1000, overdue=5), amount=400, route=True)
        dispute._decide("valid")
        dispute.credit_move_ids.unlink()
        self.assertIn("deleted", self.events(dispute, "ledger").note)
        self.assertHeld(dispute, 400)
        with self.assertRefused(UserError, "there is no credit note"):
            dispute.action_close()
        dispute.action_propose_again()
        self.assertEqual(dispute.credit_move_ids.amount_total, 400)
        with self.assertRaises(UserError):
            dispute.action_propose_again()

    def test_credit_note_undone_after_closing(self):
        move = self.invoice(self.acme, 1000, overdue=5)
        dispute = self.dispute(move, amount=400, route=True)
        dispute._decide("valid")
        dispute.credit_move_ids.action_post()
        self.assertEqual(dispute.state, "closed")
        dispute.credit_move_ids.button_draft()
        self.assertEqual(dispute.state, "resolving")
        self.assertHeld(dispute, 400)

    def test_open_dialog(self):
        move = self.bill(("Goods", 3000), (self.freight_product, 150.75))
        collector = self.member("collector")
        account = self.account(self.acme).with_user(collector)
        context = account.action_dispute()["context"]
        form = Form(self.env["collection.dispute.open"].with_user(collector).with_context(**context))
        self.assertEqual(form.item_ids[:], self.items(move))
        form.reason_id = self.dispute_reason("freight")
        self.assertEqual((form.part, form.amount, form.amount_rest), ("freight", 150.75, 3000))
        form.save().action_open()
        dispute = move.collection_dispute_ids
        self.assertEqual((dispute.state, dispute.amount, dispute.collector_id), ("routed", 150.75, collector))
        self.assertFigures(self.acme, amount_collectible=3000)

    def test_open_dialog_over_instalments(self):
        move = self.instalments(self.acme, [(600, 10), (400, -20)])
        context = move.action_collection_dispute()["context"]
        form = Form(self.env["collection.dispute.open"].with_context(**context))
        form.reason_id = self.dispute_reason("pricing")
        form.amount = 700
        form.save().action_open()
        lines = move.collection_dispute_ids.line_ids
        self.assertEqual(lines.mapped("amount_currency"), [600, 100])
        self.assertFigures(self.acme, amount_collectible=0, amount_disputed=700)

    def test_open_from_a_message(self):
        move = self.invoice(self.acme, 1000, overdue=5)
        account = self.account(self.acme)
        contact = self.contact(self.acme)
        message = account.message_post(
            body="The price is wrong", author_id=contact.id, message_type="email", attachments=[("quote.txt", b"q")]
        )
        context = account.action_dispute()["context"]
        form = Form(self.env["collection.dispute.open"].with_context(**context))
        form.reason_id = self.dispute_reason("pricing")
        form.amount = 100
        form.message_id = message
        self.assertEqual((form.description, form.contact_id), ("The price is wrong", contact))
        form.save().action_open()
        dispute = move.collection_dispute_ids
        self.assertEqual((dispute.evidence_count, dispute.contact_id), (1, contact))
        self.assertEqual(len(message.attachment_ids), 1)

    def test_short_payments(self):
        limit = self.company.collection_short_payment_limit
        cases = {}
        for rest in (limit - 1, limit, limit + 1):
            move = self.invoice(self.acme, 2000, overdue=5)
            self.pay(move, 2000 - rest)
            cases[rest] = self.items(move)
        unpaid = self.items(self.invoice(self.acme, 10, overdue=5))
        Line = self.env["account.move.line"]

        def found():
            return Line.search([("collection_short_paid", "=", True), ("partner_id", "=", self.acme.id)])

        self.assertEqual(found(), cases[limit - 1])
        self.assertNotIn(unpaid, found())
        action = found().action_collection_dispute_rest()
        form = Form(self.env["collection.dispute.open"].with_context(**action["context"]))
        form.reason_id = self.dispute_reason("other")
        form.part = "whole"
        self.assertEqual(form.amount, limit - 1)
        form.save().action_open()
        self.assertFalse(found())

    def test_hook_for_adjustments(self):
        """A room above settles it in its own way: no credit note, the hold stays until it says so."""
        Model = type(self.Dispute)
        self.patch(Model, "_propose_resolution", lambda dispute: None)
        dispute = self.dispute(self.invoice(self.acme, 1000, overdue=5), amount=400, route=True)
        dispute._decide("valid")
        self.assertEqual((dispute.state, len(dispute.credit_move_ids)), ("resolving", 0))
        self.assertHeld(dispute, 400)
        dispute._set_closed()
        self.assertHeld(dispute, 0)

    def test_only_those_to_whom_it_is_routed_decide(self):
        dispute = self.dispute(self.invoice(self.acme, 1000, overdue=5), route=True)
        for role in ("collector", "auditor"):
            with self.subTest(role), self.assertRaises(AccessError):
                dispute.with_user(self.member(role))._decide("valid")
        stranger = self.member("resolver", "stranger")
        with self.assertRaises(AccessError):
            dispute.with_user(stranger)._decide("valid")
        dispute.with_user(self.lead)._decide("valid")
        self.assertEqual(dispute.state, "resolving")

    def test_contact_of_another_customer(self):
        other = self.contact(self.customer("Other"))
        with self.assertRaises(UserError):
            self.dispute(self.invoice(self.acme, 10, overdue=5), contact_id=other.id)

    def test_lines_added_later(self):
        dispute = self.dispute(self.invoice(self.acme, 100, overdue=5), route=True)
        more = self.invoice(self.acme, 50, overdue=5)
        dispute.line_ids = [Command.create({"move_line_id": self.items(more).id})]
        self.assertFigures(self.acme, amount_collectible=0, amount_disputed=150)
        self.assertEqual(more.collection_dispute_ids, dispute)

    def test_credit_request_becomes_a_dispute(self):
        move = self.invoice(self.acme, 1000, overdue=5)
        account = self.account(self.acme)
        kind = self.env["collection.inquiry.type"].search([("is_credit_request", "=", True)], limit=1)
        inquiry = self.env["collection.inquiry"].create(
            {
                "account_id": account.id,
                "partner_id": self.acme.id,
                "type_id": kind.id,
                "question": "Please credit the second chair",
                "move_ids": [Command.set(move.ids)],
            }
        )
        self.assertTrue(inquiry.may_open_case)
        action = inquiry.action_open_case()
        form = Form(self.env["collection.dispute.open"].with_context(**action["context"]))
        form.reason_id = self.dispute_reason("pricing")
        form.amount = 100
        form.save().action_open()
        dispute = move.collection_dispute_ids
        self.assertEqual((dispute.inquiry_id, dispute.description), (inquiry, "Please credit the second chair"))
        self.as_resolver(dispute)._decide("valid")
        self.assertTrue(account.activity_ids.filtered(lambda task: inquiry.name in task.summary))

    def test_contact_is_linked_to_a_dispute(self):
        dispute = self.dispute(self.invoice(self.acme, 1000, overdue=5))
        contact = self.env["collection.activity"].create(
            {"account_id": dispute.account_id.id, "channel": "note", "note": "They insist", "dispute_id": dispute.id}
        )
        self.assertEqual(contact.dispute_id, dispute)
