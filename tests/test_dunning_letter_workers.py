from collections import Counter
from unittest.mock import patch

from odoo.tests import tagged

from ..models.dunning import collection_letter_batch
from .dunning_workers import DunningWorkersCase
from .letters_common import one_page, page_texts
from .scratch import die, killed_after


@tagged("post_install", "-at_install")
class TestDunningLetterWorkers(DunningWorkersCase):
    """300 letters in one batch, printed by workers that are killed in the middle, and by two at once: each once."""

    def batch_of(self, count):
        """A batch of letters that waits to be printed, by its id; the customers' ids."""
        customers = self.bill(count)
        with self.committing() as env:
            env["res.partner"].browse(customers).write({"email": False, "street": "1 Main Street", "city": "Troy"})
        self.run_today()
        with self.committing() as env, patch.object(collection_letter_batch, "AT_ONCE", 0):
            letters = self.notices(env, customers)
            self.assertEqual(Counter(letters.mapped("channel")), {"letter": count})
            return letters.action_print_letters()["res_id"], customers

    def printing(self, kill=None, chunk=50):
        """What the scheduled action does; each page is written down outside of the database, as paper would be.

        :param kill: (model, method, times) after which the worker dies
        """

        def work(env):
            collection_letter_batch._CHUNK = chunk

            def render(letters):
                return {letter.id: one_page() for letter in letters}

            model = env.registry["collection.notice"]
            with (
                patch.object(model, "_render_letters", render),
                patch.object(model, "_check_printer", lambda _self: None),
            ):
                if not kill:
                    env["collection.letter.batch"]._cron_print()
                    return
                name, method, times = kill
                with killed_after(env.registry[name], method, times=times):
                    env["collection.letter.batch"]._cron_print()
            die()

        return work

    def assertPrintedOnce(self, batch_id, customers):
        with self.committing() as env:
            batch = env["collection.letter.batch"].browse(batch_id)
            letters = self.notices(env, customers)
            self.assertEqual(Counter(letters.mapped("state")), {"sent": len(customers)})
            self.assertEqual((batch.state, batch.notice_ids, len(letters)), ("done", letters, len(customers)))
            files = env["ir.attachment"].search([("res_model", "=", letters._name), ("res_id", "in", letters.ids)])
            self.assertEqual(files, letters.attachment_id.sorted("id", reverse=True))
            self.assertEqual(len(files), len(customers))
            self.assertEqual(len(page_texts(batch.attachment_id.raw)), len(customers))

    def test_three_hundred_letters_killed_in_the_middle(self):
        batch, customers = self.batch_of(300)
        expected = 0
        for kill, more in (
            (("collection.notice", "_render_letters", 2), 50),  # the second fifty are lost with the worker
            (("collection.notice", "_set_sent", 2), 50),
            (("collection.letter.batch", "_print_chunk", 3), 100),
        ):
            self.assertKilled(self.start(self.printing(kill)))
            expected += more
            with self.committing() as env:
                printed = self.notices(env, customers).filtered("attachment_id")
                self.assertEqual((len(printed), set(printed.mapped("state"))), (expected, {"sent"}))
        self.assertKilled(self.start(self.printing(("collection.letter.batch", "_finish", 1))))
        self.assertWorked(self.start(self.printing()))
        self.assertPrintedOnce(batch, customers)

    def test_two_jobs_at_once(self):
        batch, customers = self.batch_of(30)
        self.together(self.printing(chunk=3), self.printing(chunk=3))
        self.assertWorked(self.start(self.printing()))
        self.assertPrintedOnce(batch, customers)
