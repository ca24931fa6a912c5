from collections import Counter
from unittest.mock import patch

from odoo.tests import tagged

from ..models.statement import collection_statement_batch, collection_statement_batch_work
from .dunning_workers import DunningWorkersCase
from .letters_common import one_page, page_texts
from .scratch import die, killed_after


@tagged("post_install", "-at_install")
class TestStatementWorkers(DunningWorkersCase):
    """200 statements in one batch, made by workers that are killed in the middle, and by two at once: each once."""

    def batch_of(self, count, delivery="send"):
        """A batch that waits to be made; half of the customers get an e-mail, the others a letter. Its id and the customers' ids."""
        customers = self.bill(count)
        with self.committing() as env, patch.object(collection_statement_batch, "AT_ONCE", 0):
            half = env["res.partner"].browse(customers[: count // 2])
            half.write({"email": False, "street": "1 Main Street", "city": "Troy"})
            env["collection.account"]._refresh_touched()
            accounts = env["collection.account"].search([("partner_id", "in", customers)])
            company = env["res.company"].browse(self.company_id)
            values = {
                "kind": "open_item",
                "detail": "detail",
                "date": company._collection_today(),
                "delivery": delivery,
            }
            return env["collection.statement.batch"]._start(accounts, values).id, customers

    def making(self, kill=None, chunk=50):
        """What the scheduled action does; pages are stand-ins.

        :param kill: (model, method, times) after which the worker dies
        """

        def work(env):
            collection_statement_batch_work._CHUNK = chunk
            model = env.registry["collection.statement"]
            pages = patch.object(
                model, "_render_pdfs", lambda statements, _documents: {each.id: one_page() for each in statements}
            )
            with pages:
                if not kill:
                    env["collection.statement.batch"]._cron_work()
                    return
                name, method, times = kill
                with killed_after(env.registry[name], method, times=times):
                    env["collection.statement.batch"]._cron_work()
            die()

        return work

    def assertMadeOnce(self, batch_id, customers):
        with self.committing() as env:
            batch = env["collection.statement.batch"].browse(batch_id)
            statements = batch.statement_ids
            self.assertEqual((batch.state, len(statements)), ("done", len(customers)))
            self.assertEqual(sorted(statements.partner_id.ids), sorted(customers))
            self.assertEqual(
                Counter(statements.mapped("state")),
                {"printed": len(customers) // 2, "queued": len(customers) - len(customers) // 2},
            )
            files = env["ir.attachment"].search(
                [("res_model", "=", statements._name), ("res_id", "in", statements.ids)]
            )
            self.assertEqual(len(files), len(customers))
            mails = env["mail.mail"].search([("model", "=", statements._name), ("res_id", "in", statements.ids)])
            self.assertEqual(len(mails), len(customers) - len(customers) // 2)
            self.assertEqual(len(statements.total_ids), len(customers))
            self.assertEqual(len(page_texts(batch.attachment_id.raw)), len(customers) // 2)
            mails.cancel()

    def test_killed_at_every_turn(self):
        batch, customers = self.batch_of(200)
        made = 0
        for kill, more in (
            (("collection.statement", "_render_pdfs", 1), 0),  # lost with the worker
            (("collection.statement", "_keep", 2), 50),
            (("collection.statement", "_queue_mails", 1), 0),
            (("collection.statement.batch", "_work_chunk", 2), 50),
        ):
            self.assertKilled(self.start(self.making(kill)))
            made += more
            with self.committing() as env:
                states = Counter(env["collection.statement.batch"].browse(batch).statement_ids.mapped("state"))
                self.assertEqual(200 - states["due"], made, kill)
        self.assertKilled(self.start(self.making(("collection.statement.batch", "_finish", 1))))
        self.assertWorked(self.start(self.making()))
        self.assertMadeOnce(batch, customers)

    def test_two_jobs_at_once(self):
        batch, customers = self.batch_of(30)
        self.together(self.making(chunk=3), self.making(chunk=3))
        self.assertWorked(self.start(self.making()))
        self.assertMadeOnce(batch, customers)

    def test_two_jobs_schedule_one_batch(self):
        customers = self.bill(10)
        with self.committing() as env:
            env["collection.account"]._refresh_touched()
            accounts = env["collection.account"].search([("partner_id", "in", customers)])
            accounts.write({"statement_schedule": "monthly"})
            company = env["res.company"].browse(self.company_id)
            company.collection_statement_days = 0

        def schedule(env):
            missing = patch.object(env.registry["collection.statement.batch"], "_missing_cash", lambda *_args: False)
            with missing:
                self.making(chunk=3)(env)

        self.together(schedule, schedule)
        self.assertWorked(self.start(schedule))
        with self.committing() as env:
            statements = env["collection.statement"].search([("partner_id", "in", customers), ("period", "!=", False)])
            self.assertEqual((len(statements), len(statements.batch_id)), (10, 1))
