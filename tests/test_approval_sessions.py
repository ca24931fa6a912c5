import threading

from psycopg2 import errors as pgerrors

from odoo import SUPERUSER_ID, Command, api
from odoo.exceptions import UserError
from odoo.service.model import retrying
from odoo.tests import tagged
from odoo.tools import mute_logger

from .scratch import ScratchCase


@tagged("post_install", "-at_install")
class TestApprovalSessions(ScratchCase):
    """Two managers at work on the same request, in transactions of their own."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        with cls.committing() as env:
            group = env.ref("account_collections.group_manager")
            company = env["res.company"].search([("chart_template", "!=", False)], limit=1)
            cls.users = (
                env["res.users"]
                .with_context(no_reset_password=True)
                .create(
                    [
                        {
                            "name": name,
                            "login": name.lower(),
                            "group_ids": [Command.set(group.ids)],
                            "company_id": company.id,
                            "company_ids": [Command.set(company.ids)],
                        }
                        for name in ("Maria", "Otto")
                    ]
                )
                .ids
            )
            partner = env["res.partner"].create({"name": "Customer", "email": "customer@example.com"})
            account = (
                env["collection.account"]
                ._unguarded()
                .create({"name": "C0", "partner_id": partner.id, "company_id": company.id})
            )
            step = env.ref("account_collections.policy_step_60_final_demand")
            cls.values = {
                "name": "N",
                "account_id": account.id,
                "company_id": company.id,
                "currency_id": company.currency_id.id,
                "step_id": step.id,
                "channel": "final_demand",
                "date": company._collection_today(),
                "recipient_id": partner.id,
                "amount": 100,
                "needs_release": True,
            }

    def setUp(self):
        super().setUp()
        with self.committing() as env:
            notice = env["collection.notice"]._unguarded().create(self.values)
            self.approval = notice._request_approval(env.user).id

    def _as(self, cr, number):
        env = api.Environment(cr, self.users[number], {})
        return env["collection.approval"].browse(self.approval)

    def _decision(self):
        with self.committing() as env:
            approval = env["collection.approval"].browse(self.approval)
            return approval.state, approval.approver_id.name

    def test_the_second_is_told(self):
        """The second one's look at the database is older than the first one's decision: Odoo repeats the click."""
        with self.registry.cursor() as one, self.registry.cursor() as two:
            second = self._as(two, 1)
            self.assertEqual(second.state, "waiting")
            self._as(one, 0).action_approve()
            one.commit()
            with self.assertRaises(pgerrors.SerializationFailure):
                second.action_refuse("No")
            two.rollback()
            second.env.invalidate_all()
            with self.assertRaises(UserError) as told:
                second.action_refuse("No")
        self.assertIn("Approved: Maria", str(told.exception))
        self.assertEqual(self._decision(), ("approved", "Maria"))

    @mute_logger("odoo.sql_db", "odoo.service.model")
    def test_side_by_side(self):
        """The second one waits for the first one's end, and then sees the decision."""
        said = []

        def click():
            with self.registry.cursor() as cr:
                approval = self._as(cr, 1)
                try:
                    retrying(approval.action_approve, approval.env)
                except UserError as error:
                    said.append(str(error))

        with self.registry.cursor() as one:
            self._as(one, 0).action_refuse("Not this one")
            other = threading.Thread(target=click)
            other.start()
            self._wait_for_lock()
            one.commit()
        other.join(timeout=30)
        self.assertIn("Refused: Maria", said[0])
        self.assertEqual(self._decision(), ("refused", "Maria"))

    def test_the_one_who_gives_up_leaves_it_to_the_other(self):
        with self.registry.cursor() as one:
            self._as(one, 0).action_approve()
            one.rollback()
        with self.registry.cursor() as two:
            self._as(two, 1).action_approve()
            two.commit()
        self.assertEqual(self._decision(), ("approved", "Otto"))

    @mute_logger("odoo.sql_db")
    def test_asked_twice_at_once(self):
        with self.committing() as env:
            other = env["collection.notice"]._unguarded().create(self.values)
        with self.registry.cursor() as one, self.registry.cursor() as two:
            envs = [api.Environment(cr, SUPERUSER_ID, {}) for cr in (one, two)]
            for env in envs:
                env["collection.notice"].browse(other.id).approval_state  # noqa: B018 - both look first
            envs[0]["collection.notice"].browse(other.id)._request_approval(envs[0].user)
            one.commit()
            with self.assertRaises((pgerrors.UniqueViolation, pgerrors.SerializationFailure)):
                envs[1]["collection.notice"].browse(other.id)._request_approval(envs[1].user)
            two.rollback()
        with self.committing() as env:
            self.assertEqual(len(env["collection.notice"].browse(other.id).approval_ids), 1)

    def _wait_for_lock(self):
        for _each in range(400):
            with self.registry.cursor() as cr:
                cr.execute(
                    "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
                )
                if cr.fetchone():
                    return
            threading.Event().wait(0.02)
        self.fail("The second one does not wait")
