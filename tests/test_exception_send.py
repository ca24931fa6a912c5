from unittest.mock import patch

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged

from .exception_common import ExceptionCommon


def _fake_pdfs(_self, invoices_data):
    for invoice, data in invoices_data.items():
        data["pdf_attachment_values"] = {
            "name": "invoice.pdf",
            "raw": b"%PDF",
            "mimetype": "application/pdf",
            "res_model": invoice._name,
            "res_id": invoice.id,
            "res_field": "invoice_pdf_report_file",
        }


@tagged("post_install", "-at_install")
class TestExceptionSend(ExceptionCommon):
    """Odoo's Send & Print, documents sent again, and writing by hand follow the exceptions."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.move = cls.invoice(cls.acme, 100, overdue=5)
        cls.Send = cls.env["account.move.send"]
        # The PDF itself is Odoo's; a stand-in keeps the tests quick.
        cls.startClassPatcher(
            patch.object(cls.env.registry["account.move.send"], "_prepare_invoice_pdf_report", _fake_pdfs)
        )
        cls.startClassPatcher(
            patch.object(
                cls.env.registry["account.move"], "_collection_documents", lambda self: self.env["ir.attachment"]
            )
        )

    def wizard(self, moves=None, **vals):
        moves = moves or self.move
        return self.env["account.move.send.wizard"].create({"move_id": moves.id, **vals})

    def attach(self, move, *fields):
        for name in fields:
            attachment = self.env["ir.attachment"].create(
                {
                    "name": f"{name}.pdf",
                    "raw": b"%PDF",
                    "mimetype": "application/pdf",
                    "res_model": "account.move",
                    "res_id": move.id,
                }
            )
            move[name] = [Command.link(attachment.id)]

    def messages(self, move=None):
        return (move or self.move).message_ids.filtered(lambda message: message.message_type == "comment")

    # ------------------------------------------------------------------
    # To whom
    # ------------------------------------------------------------------

    def test_ap_only(self):
        person = self.ap()
        self.proposed("ap_only")
        wizard = self.wizard()
        self.assertEqual(wizard.mail_partner_ids, person)
        wizard.mail_partner_ids = self.acme
        self.assertEqual(wizard.alerts["collection_exception"]["level"], "danger")
        with self.assertRefused(UserError, "EXC/"):
            wizard.action_send_and_print()
        self.assertFalse(self.messages())

    def test_ap_only_where_nobody_chooses(self):
        """What comes with recipients of its own (a job, another module) is rerouted."""
        person = self.ap()
        self.proposed("ap_only")
        self.Send._generate_and_send_invoices(
            self.move, sending_methods=["email"], mail_partner_ids=self.acme.ids, allow_raising=True
        )
        self.assertEqual(self.messages().partner_ids, person)

    def test_never_contact(self):
        self.proposed("never_contact", contact_id=self.acme.id)
        self.assertFalse(self.wizard().mail_partner_ids)
        settings = self.Send._get_default_sending_settings(self.move, mail_partner_ids=self.acme.ids)
        self.assertFalse(settings["mail_partner_ids"])

    # ------------------------------------------------------------------
    # By which way
    # ------------------------------------------------------------------

    def test_portal_only(self):
        self.approved("portal_only", instruction="Coupa, supplier 4711")
        wizard = self.wizard()
        self.assertEqual(self.Send._get_default_sending_methods(self.move), {"manual"})
        wizard.sending_methods = ["email"]
        with self.assertRefused(UserError, "cannot be sent this way"):
            wizard.action_send_and_print()
        wizard.sending_methods = ["manual"]
        for _each in range(2):
            self.Send._hook_if_success({self.move: self.Send._get_default_sending_settings(self.move)})
        task = self.move.activity_ids
        self.assertEqual((len(task), task.date_deadline), (1, self.today))
        self.assertIn("Coupa", task.note)
        self.assertFalse(self.messages())

    def test_letters_only(self):
        self.approved("letters_only")
        self.assertEqual(self.Send._get_default_sending_methods(self.move), {"manual"})
        self.Send._generate_and_send_invoices(self.move, sending_methods=["email"])
        self.assertFalse(self.messages())

    def test_exceptions_of_others_change_nothing(self):
        other = self.customer("Other")
        self.ap(other)
        self.proposed("ap_only", other)
        self.proposed("portal_only")  # waits for a manager
        wizard = self.wizard()
        self.assertEqual((wizard.mail_partner_ids, wizard.sending_methods), (self.acme, ["email"]))
        self.assertFalse((wizard.alerts or {}).get("collection_exception"))

    # ------------------------------------------------------------------
    # With which copies
    # ------------------------------------------------------------------

    def test_copies_are_mandatory(self):
        self.approved("document_copy", document_kind="both")
        self.attach(self.move, "collection_po_copy_ids")
        with self.assertRefused(UserError, "lacks its copy of the proof of delivery"):
            self.wizard().action_send_and_print()
        with self.assertRefused(UserError, "lacks its copy"):
            self.Send._generate_and_send_invoices(self.move, sending_methods=["email"], allow_raising=True)
        self.assertFalse(self.messages())
        self.attach(self.move, "collection_pod_copy_ids")
        self.Send._generate_and_send_invoices(self.move, sending_methods=["email"], allow_raising=True)
        self.assertEqual(
            sorted(self.messages().attachment_ids.mapped("name")),
            ["collection_po_copy_ids.pdf", "collection_pod_copy_ids.pdf", "invoice.pdf"],
        )

    def test_copies_in_a_batch(self):
        """The one invoice without its copy is not sent, and says why; the others are."""
        other = self.invoice(self.acme, 50, overdue=5)
        self.approved("document_copy", self.move, document_kind="po")
        moves = self.move | other
        data = {move: self.Send._get_default_sending_settings(move, sending_methods=["email"]) for move in moves}
        self.assertEqual(self.Send._get_alerts(moves, data)["collection_exception"]["level"], "warning")
        self.Send._generate_and_send_invoices(moves, sending_methods=["email"], allow_raising=False)
        self.assertFalse(self.messages().filtered("partner_ids"))
        self.assertTrue(self.messages(other).filtered("partner_ids"))

    def test_downloading_is_free(self):
        self.approved("document_copy", document_kind="po")
        data = {self.move: self.Send._get_default_sending_settings(self.move, sending_methods=["manual"])}
        self.assertNotIn("collection_exception", self.Send._get_alerts(self.move, data))

    def test_notices_take_the_copies_along(self):
        self.approved("document_copy", document_kind="po")
        self.attach(self.move, "collection_po_copy_ids")
        notice = self.ready()
        notice._send()
        self.assertEqual(notice.mail_mail_id.sudo().attachment_ids, self.move.collection_po_copy_ids)

    # ------------------------------------------------------------------
    # By hand
    # ------------------------------------------------------------------

    def test_documents_sent_again(self):
        account, Sending = self.account(self.acme), self.env["collection.sending"]
        person = self.ap()
        self.proposed("ap_only")
        self.assertEqual(Sending._send_documents(account, self.move).recipient_id, person)
        self.approved("portal_only", self.move)
        other = self.invoice(self.acme, 50, overdue=5)
        with self.at(1), self.assertRefused(UserError, "portal"):
            Sending._send_documents(account, self.move)
        with self.at(1):
            self.assertEqual(Sending._send_documents(account, other).recipient_id, person)

    def test_documents_without_their_copy(self):
        self.approved("document_copy", document_kind="pod")
        with self.assertRefused(UserError, "lacks its copy"):
            self.env["collection.sending"]._send_documents(self.account(self.acme), self.move)

    def composer(self, **vals):
        account = self.account(self.acme)
        return self.env["collection.contact.write"].create(
            {"account_id": account.id, "subject": "Please pay", "body": "<p>Please.</p>", **vals}
        )

    def test_writing_by_hand(self):
        person, bob = self.ap(), self.contact(self.acme, "Bob", email="bob@example.com")
        self.proposed("never_contact", contact_id=bob.id)
        with self.assertRefused(UserError, "Bob"):
            self.composer(contact_id=bob.id).action_send()
        self.composer(contact_id=self.acme.id).action_send()
        self.proposed("ap_only")
        proposed = self.env["collection.contact.write"].new({"account_id": self.account(self.acme).id})
        self.assertEqual(proposed.contact_id._origin, person)
        with self.assertRefused(UserError, "may not be sent"):
            self.composer(contact_id=self.acme.id).action_send()
        self.composer(contact_id=person.id).action_send()
        self.approved("portal_only")
        self.composer(contact_id=person.id).action_send()
        with self.assertRefused(UserError, "may not be sent"):
            self.composer(contact_id=person.id, attach_documents=True).action_send()

    def test_never_called(self):
        bob = self.contact(self.acme, "Bob", phone="+1 212 555 0100")
        account = self.account(self.acme)
        self.proposed("never_contact", contact_id=bob.id)
        obstacles = account._call_obstacles(bob, self.env.cr.now(), self.company)
        self.assertIn("EXC/", obstacles["do_not_call"])
        self.assertFalse(bob._collection_may_call())

    def test_callable_now_knows_it(self):
        """At noon on a working day in New York, with a phone at the customer's and one of accounts payable."""
        self.acme.write(
            {"phone": "+1 212 555 0101", "country_id": self.env.ref("base.us").id, "tz": "America/New_York"}
        )
        ann = self.ap(phone="+1 212 555 0102", tz="America/New_York")
        account = self.account(self.acme)

        def found():
            account.invalidate_recordset(["callable_now"])
            listed = self.env["collection.account"].search([("id", "=", account.id), ("callable_now", "=", True)])
            self.assertEqual(account.callable_now, bool(listed))
            return bool(listed)

        with self.at(f"{self.today} 16:00:00"):
            self.assertTrue(found())
            first = self.proposed("never_contact", contact_id=ann.id)
            self.assertTrue(found(), "The customer's own number is left")
            self.acme.phone = False
            self.assertFalse(found())
            first.with_user(self.manager).action_end("She is back")
            self.assertTrue(found())

    def test_promise_confirmation(self):
        person, bob = self.ap(), self.contact(self.acme, "Bob", email="bob@example.com")
        promise = self.env["collection.promise"].create(
            {"account_id": self.account(self.acme).id, "contact_id": bob.id}
        )
        self.assertEqual(promise._mail_recipient(), bob)
        self.proposed("never_contact", contact_id=bob.id)
        self.assertEqual(promise._mail_recipient(), person)

    # ------------------------------------------------------------------
    # Fees and banners
    # ------------------------------------------------------------------

    def test_fees(self):
        other = self.invoice(self.acme, 50)
        self.approved("no_fees", self.move)
        self.assertEqual((self.move | other)._collection_fee_exempt(), self.move)

    def test_banners(self):
        seller = self.seller()
        self.acme.collection_sales_partner_id = seller
        self.approved("grace", seller, days=5)
        self.approved("statements_only", self.move)
        self.approved("tolerance", amount=50, date_from=self.day(1))
        account = self.account(self.acme)
        for banner in (account.exception_banner, self.move.collection_exception_banner):
            self.assertIn("5 extra days of grace", banner)
            self.assertIn("Statements only", banner)
            self.assertNotIn("Not chased below", banner)
        contact = self.env["collection.activity"].new({"account_id": account.id})
        self.assertIn("5 extra days", contact.exception_banner)
        self.assertFigures(self.acme, exception_count=2)

    def test_banners_by_sets(self):
        customers = [self.customer(f"Many {each}") for each in range(5)]
        for customer in customers:
            self.invoice(customer, 10, overdue=5)
            self.approved("grace", customer, days=5)
        accounts = self.Account.union(*(self.account(each) for each in customers))
        self.env.flush_all()

        def count(some):
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            some.mapped("exception_banner")
            return self.cr.sql_log_count - before

        count(accounts)
        self.assertEqual(count(accounts[:2]), count(accounts))
