from collections import Counter
from unittest.mock import patch

from odoo import Command
from odoo.tests import tagged

from ..models.dunning import collection_letter_batch
from ..models.letter import collection_letter_mail
from .dunning_workers import DunningWorkersCase
from .letters_common import one_page, page_texts
from .scratch import die, killed_after


@tagged("post_install", "-at_install")
class TestLetterWorkers(DunningWorkersCase):
    """Special letters printed and mailed by workers that are killed in the middle, and by two at once: each once."""

    def written(self, count, prefer):
        """Letters that wait, by their ids."""
        customers = self.bill(count)
        with self.committing() as env, patch.object(collection_letter_mail, "AT_ONCE", 0):
            env["res.partner"].browse(customers).write({"street": "1 Main Street", "city": "Troy"})
            accounts = env["collection.account"].search([("partner_id", "in", customers)])
            self.assertEqual(len(accounts), count)
            wizard = env["collection.letter.write"].create(
                {"account_ids": [Command.set(accounts.ids)], "kind": "certificate", "prefer": prefer}
            )
            wizard.action_preview()
            wizard.action_queue()
            return wizard.letter_ids.ids

    def work(self, job, kill=None, chunk=5):
        def run(env):
            collection_letter_batch._CHUNK = collection_letter_mail._CHUNK = chunk
            model = env.registry["collection.letter"]
            with (
                patch.object(model, "_render_letters", lambda letters: {letter.id: one_page() for letter in letters}),
                patch.object(env.registry["collection.notice"], "_check_printer", lambda _self: None),
            ):
                if not kill:
                    job(env)
                    return
                name, method, times = kill
                with killed_after(env.registry[name], method, times=times):
                    job(env)
            die()

        return run

    def mailing(self, kill=None):
        return self.work(lambda env: env["collection.letter"]._cron_mail(), kill)

    def printing(self, kill=None):
        return self.work(lambda env: env["collection.letter.batch"]._cron_print(), kill)

    def assertOnce(self, ids, channel):
        with self.committing() as env:
            letters = env["collection.letter"].browse(ids)
            self.assertEqual(Counter(letters.mapped("state")), {"sent": len(ids)})
            files = env["ir.attachment"].search([("res_model", "=", letters._name), ("res_id", "in", ids)])
            self.assertEqual((files, len(files)), (letters.attachment_id.sorted("id", reverse=True), len(ids)))
            contacts = env["collection.activity"].search([("account_ids", "in", letters.account_id.ids)])
            self.assertEqual(contacts.sorted("id"), letters.activity_id.sorted("id"))
            self.assertEqual(Counter(contacts.mapped("channel")), {channel: len(ids)})
            return letters.mail_mail_id, letters.letter_batch_id.mapped("printed_count")

    def test_mailed_by_workers_that_are_killed(self):
        ids = self.written(20, "email")
        for kill, done in (
            (("collection.letter", "_render_letters", 2), 5),
            (("collection.letter", "_log_contacts", 2), 10),
        ):
            self.assertKilled(self.start(self.mailing(kill)))
            with self.committing() as env:
                letters = env["collection.letter"].browse(ids)
                self.assertEqual(len(letters.filtered("mail_mail_id")), done)
        self.together(self.mailing(), self.mailing())
        self.assertWorked(self.start(self.mailing()))
        mails, _batches = self.assertOnce(ids, "email")
        self.assertEqual(len(mails), 20)

    def test_printed_by_workers_that_are_killed(self):
        ids = self.written(20, "post")
        with self.committing() as env, patch.object(collection_letter_batch, "AT_ONCE", 0):
            batch = env["collection.letter"].browse(ids).action_print_letters()["res_id"]
        self.assertKilled(self.start(self.printing(("collection.letter", "_render_letters", 2))))
        self.assertKilled(self.start(self.printing(("collection.letter.batch", "_finish", 1))))
        self.together(self.printing(), self.printing())
        self.assertWorked(self.start(self.printing()))
        _mails, printed = self.assertOnce(ids, "letter")
        self.assertEqual(printed, [20])
        with self.committing() as env:
            self.assertEqual(len(page_texts(env["collection.letter.batch"].browse(batch).attachment_id.raw)), 20)
