from unittest.mock import patch

from odoo.fields import Domain
from odoo.tests import TransactionCase, tagged
from odoo.tools import mute_logger

from ..models.ledger import collection_batches


@tagged("post_install", "-at_install")
class TestLedgerBatches(TransactionCase):
    """What every scheduled action does its work with: batches, each committed; a fault stops its own record only."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.records = cls.env["res.partner"].create([{"name": f"Record {number}"} for number in range(5)])
        cls.domain = Domain("id", "in", cls.records.ids)

    def work(self, method, times_left=(), others=()):
        """Do it in batches of two; `times_left`: what remains after each commit, then plenty.

        :return: (whether there was time, the numbers of records told at each commit)
        """
        told, left = [], iter(times_left)

        def commit(_cron, processed=0, *, remaining=None, **_kwargs):
            told.append((processed, remaining))
            return next(left, 100)

        with (
            patch.object(collection_batches, "BATCH", 2),
            patch.object(self.env.registry["ir.cron"], "_commit_progress", commit),
        ):
            done = self.env["collection.batches"]._work([(self.env["res.partner"], self.domain, method), *others])
        return done, told

    def test_each_batch_is_committed(self):
        seen = []
        done, told = self.work(lambda records: seen.append(records.ids))
        ids = self.records.ids
        self.assertEqual(seen, [ids[:2], ids[2:4], ids[4:]])
        self.assertEqual((done, told), (True, [(0, 5), (2, None), (2, None), (1, None)]))

    def test_a_method_without_effect_does_not_turn_in_circles(self):
        count = []
        self.work(lambda records: count.append(len(records)))
        self.assertEqual(sum(count), 5)

    def test_a_fault_stops_its_own_record_only(self):
        def method(records):
            records.write({"ref": "done"})
            if self.records[2] in records:
                raise ValueError("A fault")

        with mute_logger("odoo.addons.account_collections.models.ledger.collection_batches"):
            done, told = self.work(method)
        self.assertTrue(done)
        self.assertEqual(self.records.mapped("ref"), ["done", "done", False, "done", "done"])
        self.assertEqual(told[-1], (1, None))

    def test_out_of_time_asks_to_be_called_again(self):
        seen, after = [], []
        done, told = self.work(
            lambda records: seen.extend(records.ids),
            times_left=(100, 100, 0),
            others=[(self.env["res.partner"], self.domain, lambda records: after.extend(records.ids))],
        )
        self.assertEqual((done, seen, after), (False, self.records[:4].ids, []))
        self.assertEqual(told[-1], (0, 1))

    def test_mail_is_left_to_the_queue(self):
        seen = []
        self.work(lambda records: seen.append(records.env.context.get("mail_notify_force_send")))
        self.assertEqual(set(seen), {False})
