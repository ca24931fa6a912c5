from odoo import Command
from odoo.tests import tagged

from .history_common import HistoryCommon


@tagged("post_install", "-at_install")
class TestHistoryRows(HistoryCommon):
    """Each action stands once, at its moment, in the order of time."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.bill = cls.invoice(cls.acme, 1000, overdue=40)
        cls.other = cls.invoice(cls.acme, 300, overdue=5)
        cls.item = cls.items(cls.bill)
        cls.ann = cls.contact(cls.acme)

    def case(self, model, **vals):
        return self.env[model].create({"account_id": self.account(self.acme).id, **vals})

    def line(self, amount, item=None):
        return [Command.create({"move_line_id": (item or self.item).id, "amount_currency": amount})]

    def test_documents_money_and_entries(self):
        with self.on(-3):
            payment = self.pay(self.bill, 400, payment_date=self.day(-3))
        with self.on(-2):
            payment.move_id.button_draft()
            payment.move_id.button_cancel()
            self.Account._refresh_touched()
        note = self.credit(self.acme, 50)
        one = self.entry(self.acme, 70, overdue=1)
        two = self.entry(self.acme, 20, overdue=2)
        rows = self.rows(self.acme)
        self.assertEqual(
            [(row.when, row.kind, row.reference, row.amount) for row in rows if row.kind != "stage"],
            [
                ("2026-01-07", "invoice", self.bill.name, 1000),
                ("2026-02-11", "invoice", self.other.name, 300),
                ("2026-02-16", "credit_note", note.name, -50),
                ("2026-03-16", "entry", two.name, 20),
                ("2026-03-16 11:00 EDT", "bounce", payment.name, 400),
                ("2026-03-17", "entry", one.name, 70),
            ],
        )
        self.assertEqual(rows[0].note, "Due 2026-02-06")
        received = self.unapplied(self.acme, 25)
        paid = self.rows(self.acme, kind="payment")
        self.assertEqual((paid.title, paid.amount, paid.direction), ("Payment received", 25, "in"))
        self.assertEqual(paid.reference, received.move_id.name)

    def test_an_entry_with_several_items_stands_once(self):
        terms = self.instalments(self.acme, [(60, 20), (40, -10)])
        payment = self.pay(terms, 100)
        self.assertEqual(len(self.items(terms)), 2)
        self.assertEqual(len(self.rows(terms, kind="invoice")), 1)
        self.assertEqual(self.rows(terms, kind="payment").amount, 100)
        self.assertEqual(self.rows(terms, kind="payment").reference, payment.move_id.name)

    def test_unidentified_money_has_a_history_too(self):
        entry = self.entry(None, -80)
        account = self.account(self.env["res.partner"])
        rows = self.History.search([("account_id", "=", account.id)])
        self.assertEqual((rows.reference, rows.amount), (entry.name, -80))

    def test_contacts(self):
        account = self.account(self.acme)
        with self.on(-2, "14:30:00"):
            call = self.contacted(
                account, user=self.collector, contact_id=self.ann.id, move_ids=[(6, 0, self.bill.ids)]
            )
        with self.on(-1):
            self.env["collection.activity"].create({"account_ids": account.ids, "channel": "call", "note": "Not done"})
        row = self.rows(self.acme, kind="call")
        self.assertEqual((row.when, row.user_id, row.contact_id), ("2026-03-16 10:30 EDT", self.collector, self.ann))
        self.assertEqual((row.direction, row.reference, row.documents), ("in", call.name, self.bill.name))
        self.assertIn("Said so", row.note)
        self.assertFalse(self.rows(self.acme, kind="worklist"), "What was done by a call is told as the call")
        self.assertEqual(self.rows(self.bill, kind="call"), row)
        self.assertFalse(self.rows(self.other, kind="call"))
        self.assertEqual(row.with_user(self.collector).action_open_source()["res_id"], call.id)

    def test_a_contact_about_several_accounts_stands_on_each(self):
        birch = self.customer("Birch Inc.")
        self.invoice(birch, 10)
        accounts = self.account(self.acme) | self.account(birch)
        self.contacted(accounts)
        rows = self.History.search([("account_id", "in", accounts.ids), ("kind", "=", "call")])
        self.assertEqual(rows.account_id, accounts)
        self.assertEqual(len(set(rows.ids)), 2)
        self.env.invalidate_all()
        self.assertEqual({row.account_id: row.partner_id for row in rows}, {each: each.partner_id for each in accounts})
        self.assertLess(max(rows.ids), 2**53)

    def test_void_and_redacted_contacts(self):
        account = self.account(self.acme)
        wrong, secret = self.contacted(account), self.contacted(account, note="Her private number is 555")
        wrong.action_void("Wrong account")
        secret.action_redact("Private")
        row = self.rows(self.acme, kind="call")
        self.assertEqual(row.reference, secret.name)
        self.assertEqual(row.note.splitlines()[0], "[Text removed by a manager]")

    def test_promises(self):
        with self.on(-2):
            promise = self.case(
                "collection.promise",
                contact_id=self.ann.id,
                line_ids=self.line(1000),
                installment_ids=[Command.create({"date": self.day(1), "amount_currency": 1000})],
            )
            self.assertFalse(self.rows(self.acme, kind="promise"), "A draft is no action")
            promise.action_confirm()
        with self.on(-1):
            moved = promise._move([(self.day(2), 1000)])
        with self.on(0):
            payment = self.pay(self.bill)
            self.Account._refresh_touched()
        with self.on(1):
            payment.action_draft()
            payment.action_cancel()
            self.Account._refresh_touched()
        with self.on(20):
            moved._evaluate()
            told = self.told(self.acme, kind="promise")
            self.assertEqual(len(self.rows(self.bill, kind="promise")), 6)
        self.assertEqual(
            told,
            [
                ("2026-03-16 11:00", "Promise to pay"),
                ("2026-03-17 11:00", "Promise moved"),
                ("2026-03-17 11:00", "Promise to pay, new dates"),
                ("2026-03-18 11:00", "Promise kept"),
                ("2026-03-19 11:00", "Promise open again"),
                ("2026-04-07 11:00", "Promise broken"),
            ],
        )
        first = self.rows(self.acme, kind="promise")[0]
        self.assertEqual((first.amount, first.contact_id, first.note), (1000, self.ann, "2026-03-19: 1000.00"))
        self.assertFalse(self.rows(self.other, kind="promise"))
        self.assertFalse(self.rows(self.acme, kind="hold"), "A promise's hold is told as the promise")

    def test_a_withdrawn_promise(self):
        def make():
            return self.case(
                "collection.promise",
                line_ids=self.line(100),
                installment_ids=[Command.create({"date": self.day(1), "amount_currency": 100})],
            )

        make().action_withdraw("Never confirmed")
        promise = make()
        promise.action_confirm()
        promise.action_withdraw("They went bust")
        rows = self.rows(self.acme, kind="promise")
        self.assertEqual(rows.mapped("title"), ["Promise to pay", "Promise withdrawn"])
        self.assertEqual(rows[1].note, "They went bust")

    def test_disputes(self):
        reason = self.env.ref("account_collections.dispute_reason_pricing")
        with self.on(-2):
            dispute = self.case(
                "collection.dispute", reason_id=reason.id, description="Too dear", line_ids=self.line(200)
            )
            void = self.case("collection.dispute", reason_id=reason.id, line_ids=self.line(50, self.items(self.other)))
        with self.on(-1):
            dispute.action_route()
            void._set_void("Entered by mistake")
        rows = self.rows(self.acme, kind="dispute")
        self.assertEqual(
            [(row.when, row.title, row.is_internal) for row in rows],
            [
                ("2026-03-16 11:00 EDT", f"Dispute opened: {reason.name}", False),
                ("2026-03-17 11:00 EDT", "Dispute with the team", True),
            ],
        )
        self.assertEqual((rows[0].note, rows[0].amount, rows[0].documents), ("Too dear", 200, self.bill.name))
        with self.on(0):
            dispute._set_void("By mistake")
            dispute._reopen("It was none")
        self.assertEqual(
            self.told(self.acme, kind="dispute")[2:],
            [("2026-03-18 11:00", "Dispute void"), ("2026-03-18 11:00", "Dispute reopened")],
        )

    def test_claims(self):
        with self.on(-1):
            claim = self.case("collection.claim", amount_currency=1000, date=self.day(-3), reference="CK 4711")
            claim.action_ask_proof()
        with self.on(0):
            claim.action_close("not_received")
        self.case(
            "collection.claim", amount_currency=300, line_ids=self.line(300, self.items(self.other))
        ).action_void()
        self.assertEqual(
            self.told(self.acme, kind="claim"),
            [
                ("2026-03-17 11:00", "Customer says it is paid"),
                ("2026-03-17", "Proof of payment asked for"),
                ("2026-03-18", "Payment claim closed: Not Received"),
            ],
        )
        self.assertEqual(self.rows(self.acme, kind="claim")[0].note, "Paid on 2026-03-15 · ACH or transfer · CK 4711")

    def test_holds_by_people(self):
        with self.on(-3):
            hold = self.hold(self.item, 100)
        with self.on(-1, "16:15:00"):
            hold.action_release()
        rows = self.rows(self.acme, kind="hold")
        self.assertEqual(
            [(row.when, row.title, row.amount) for row in rows],
            [("2026-03-15 11:00 EDT", "Not chased for a time", 100), ("2026-03-17 12:15 EDT", "Chased again", 100)],
        )
        self.assertEqual(rows[0].note, "The customer asked for a week · Until 2026-04-01")
        self.assertEqual(self.rows(self.bill, kind="hold"), rows)

    def test_notices(self):
        with self.on(0):
            self.on_day(0)
        rows = self.rows(self.acme, kind="notice")
        notice = self.notice(self.acme, state="sent")
        self.assertEqual((rows.reference, rows.direction, rows.has_time), (notice.name, "out", True))
        self.assertEqual((rows.when, rows.amount), ("2026-03-18 11:00 EDT", 1300))
        self.assertEqual(rows.documents, f"{self.bill.name}, {self.other.name}")
        with self.on(1):
            notice.sudo()._set_bounced("Delivery failed")
        self.assertEqual(self.rows(self.acme, kind="notice").mapped("title")[1:], ["Notice came back"])

    def test_escalations_credit_holds_and_approvals(self):
        account = self.account(self.acme)
        with self.on(-1):
            escalation = account.with_user(self.collector)._request_escalation(self.env.user, "They do not answer")
            self.env["collection.approval"]._request(
                [
                    {
                        "res_model": account._name,
                        "res_id": account.id,
                        "account_id": account.id,
                        "company_id": self.company.id,
                        "currency_id": self.company.currency_id.id,
                        "title": "Something",
                        "requester_id": self.collector.id,
                        "role": "manager",
                    }
                ]
            )
        with self.on(0):
            escalation.with_env(self.env)._decide("hold", "Nothing more on credit")
        self.assertEqual(
            self.told(self.acme, kind="escalation"),
            [("2026-03-17 11:00", "Escalation"), ("2026-03-18 11:00", "Escalation: Decided: Credit hold")],
        )
        hold = self.rows(self.acme, kind="credit_hold")
        self.assertEqual((hold.when, hold.title), ("2026-03-18 11:00 EDT", "Put on credit hold"))
        asked = self.rows(self.acme, kind="approval")
        self.assertEqual((asked.title, asked.note, asked.user_id), ("Approval asked for", "Something", self.collector))

    def test_exceptions(self):
        kind = self.env.ref("account_collections.exception_type_no_letters")
        exception = self.env["collection.exception"].create(
            {"type_id": kind.id, "partner_id": self.acme.id, "instruction": "They have no letter box"}
        )
        self.member("manager", "approver")
        self.assertFalse(self.rows(self.acme, kind="exception"), "A draft is no action")
        exception.action_propose()
        exception.action_end("Built one")
        rows = self.rows(self.acme, kind="exception")
        self.assertEqual(rows.sorted("id").mapped("note"), ["They have no letter box", "Built one"])
        self.assertTrue(rows[0].title.startswith("Exception"))

    def test_inquiries_and_stages(self):
        kind = self.env["collection.inquiry.type"].search([], limit=1)
        with self.on(-1):
            inquiry = self.case("collection.inquiry", type_id=kind.id, question="Where is it?", partner_id=self.ann.id)
        with self.on(0):
            inquiry._set_answered("Here")
            inquiry.action_close()
        self.assertEqual(
            self.told(self.acme, kind="inquiry"),
            [("2026-03-17 11:00", f"Inquiry: {kind.name}"), ("2026-03-18 11:00", "Inquiry closed")],
        )
        with self.on(0):
            self.account(self.acme)._set_stage("refused", "Said no")
        row = self.rows(self.acme, kind="stage")
        self.assertEqual((row.title, row.note), ("Stage: Refused", "Said no"))
        self.assertTrue(row.is_internal)
        self.assertEqual(row.action_open_source()["res_model"], "collection.account")
