"""What tests of the approval room share: a team, and a final demand as the thing that somebody asks about.

The room knows no record of its own, so tests ask about a notice and change its hooks (`subject`).
"""

from contextlib import contextmanager
from unittest.mock import patch

from odoo.models import BaseModel

from .dunning_common import DunningCommon

TEAM = ("collector", "assistant", "manager", "controller")


class ApprovalCommon(DunningCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Approval = cls.env["collection.approval"]
        cls.Substitution = cls.env["collection.substitution"]
        cls.collector, cls.assistant, cls.manager, cls.controller = (cls.member(role) for role in TEAM)
        cls.second = cls.member("manager", "second")
        # Whoever sets up the tests has no part in decisions.
        cls.env.user.group_ids -= cls.env.ref("account_collections.group_manager")
        cls.env = cls.env(su=True)
        for name, value in list(vars(cls).items()):
            if isinstance(value, BaseModel):
                setattr(cls, name, value.sudo())
        cls.move = cls.invoice(cls.acme, 100, overdue=60)
        cls.demand = cls.demand_for(cls.move)

    def setUp(self):
        super().setUp()
        # What the dunning room does with its decisions is for its own tests.
        mixin = self.env.registry["collection.approval.mixin"]
        plain = {
            "on_approved": None,
            "on_refused": None,
            "on_voided": None,
            "notify_approvers": mixin._notify_approvers,
        }
        self.enterContext(self.subject(**plain))

    @classmethod
    def demand_for(cls, move):
        """A final demand that waits for its approval."""
        demand = cls.noticed(move, 60, ago=0, state="due")
        demand.write(
            {"ready": False, "needs_release": True, "recipient_id": move.partner_id.id, "amount": move.amount_total}
        )
        return cls.Notice.browse(demand.id)

    @classmethod
    def ask(cls, requester=None, record=None):
        """A request for approval by a user (default: the collector); its first level."""
        record, requester = record or cls.demand, requester or cls.collector
        return record.with_user(requester).sudo()._request_approval(requester).with_env(cls.env)

    @classmethod
    def approve(cls, approval, user, comment=None):
        return (
            approval.with_user(user).with_context(allowed_company_ids=approval.company_id.ids).action_approve(comment)
        )

    @classmethod
    def refuse(cls, approval, user, reason="Not now"):
        return approval.with_user(user).action_refuse(reason)

    @classmethod
    def absent(cls, user, substitute, start=0, end=7, **vals):
        return cls.Substitution.create(
            {
                "user_id": user.id,
                "substitute_id": substitute.id,
                "date_from": cls.day(start),
                "date_to": cls.day(end),
                "company_id": cls.company.id,
                **vals,
            }
        )

    @contextmanager
    def subject(self, **hooks):
        """The hooks of the record that is asked about, as values or functions of the record."""

        def hook(value):
            return lambda record, *args: value(record, *args) if callable(value) else value

        Notice = self.env.registry["collection.notice"]
        with patch.multiple(Notice, **{f"_{name}": hook(value) for name, value in hooks.items()}):
            yield

    def leave_only(self, *users):
        """Nobody else has a role."""
        (self.collector | self.assistant | self.manager | self.second | self.controller).filtered(
            lambda user: user not in users
        ).active = False
