from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..models.statement import collection_statement_batch, collection_statement_batch_work
from .letters_common import page_texts
from .statement_common import StatementCommon

_PRINT_LOG = "odoo.addons.account_collections.models.statement.collection_statement_print"


@tagged("post_install", "-at_install")
class TestStatementBatch(StatementCommon):
    """Many statements: in the background, a chunk at a time, and on after whatever fails."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.partners = [cls.customer(f"Customer {number}", **cls.address) for number in range(6)]
        for partner in cls.partners:
            cls.invoice(partner, 50, overdue=3)

    def run_job(self):
        self.env.flush_all()
        with self.enter_registry_test_mode():
            self.env.ref("account_collections.ir_cron_statements").sudo().method_direct_trigger()
        self.env.invalidate_all()

    def background(self):
        """As if many."""
        return (
            patch.object(collection_statement_batch, "AT_ONCE", 2),
            patch.object(collection_statement_batch_work, "_CHUNK", 2),
        )

    def test_in_the_background_with_progress(self):
        many, chunk = self.background()
        with many, chunk, self.printer() as calls:
            batch = self.make(*self.partners, delivery="print")
            self.assertEqual((batch.state, batch.made_count, batch.progress), ("running", 0, 0))
            batch.sudo()._work_chunk()
            batch.invalidate_recordset()
            self.assertEqual((batch.made_count, batch.progress), (2, 33))
            self.run_job()
        self.assertEqual([len(call) for call in calls], [2, 2, 2])
        self.assertEqual((batch.state, batch.made_count, batch.progress), ("done", 6, 100))
        self.assertEqual(len(page_texts(batch.attachment_id.raw)), 6)
        self.assertEqual(batch.amount_total, 300)

    def test_a_dead_printer_stops_the_batch_and_nothing_is_made_twice(self):
        many, chunk = self.background()
        with many, chunk:
            with self.printer():
                batch = self.make(*self.partners, delivery="print")
                batch.sudo()._work_chunk()
            with self.printer(dead=True), mute_logger(_PRINT_LOG):
                self.run_job()
            self.assertEqual((batch.state, batch.made_count, batch.failed_count), ("failed", 2, 0))
            self.assertIn("Wkhtmltopdf failed", batch.error)
            first = batch.statement_ids.attachment_id
            with self.printer() as calls:
                batch.action_resume()
                self.run_job()
        self.assertEqual([len(call) for call in calls], [2, 2])
        self.assertEqual((batch.state, batch.made_count), ("done", 6))
        self.assertEqual(batch.statement_ids.attachment_id & first, first)

    def test_one_bad_statement_stops_no_other(self):
        with self.printer(fails_for=("Customer 3",)), mute_logger(_PRINT_LOG):
            batch = self.Batch.browse(self.wizard(*self.partners, delivery="print").action_make()["res_id"])
        bad = batch.statement_ids.filtered(lambda each: each.state == "failed")
        self.assertEqual((bad.partner_id.name, batch.made_count, batch.failed_count), ("Customer 3", 5, 1))
        self.assertIn("could not be printed", bad.error)
        with self.printer():
            bad.action_retry()
        self.env.invalidate_all()
        self.assertEqual((bad.state, batch.state, batch.made_count), ("printed", "done", 6))
        self.assertEqual(len(page_texts(batch.attachment_id.raw)), 6)

    def test_without_the_printer_program(self):
        report = self.env.registry["ir.actions.report"]
        with (
            patch.object(report, "get_wkhtmltopdf_state", lambda _self: "install"),
            self.assertRefused(UserError, "wkhtmltopdf, which makes PDFs, does not work"),
            mute_logger(_PRINT_LOG),
        ):
            self.wizard(self.partners[0]).action_make()

    def test_what_does_not_tie_is_not_made(self):
        def wrong(statements, account_ids, day):
            return {}

        with (
            patch.object(self.env.registry["collection.statement"], "_open_items", wrong),
            self.assertRefused(UserError, "the ledger says"),
        ):
            self.wizard(self.partners[0]).action_make()

    def test_memory_of_the_order_is_by_address(self):
        for number, partner in enumerate(reversed(self.partners)):
            partner.zip = f"1000{number}"
        batch = self.make(*self.partners, delivery="print")
        names = batch.statement_ids.sorted("id").partner_id.mapped("name")
        self.assertEqual(names, [f"Customer {number}" for number in (5, 4, 3, 2, 1, 0)])
