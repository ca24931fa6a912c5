"""What tests of plans of action and review meetings share: a team, and a plan in one line.

Today is Wednesday, 2026-03-18.
"""

from odoo import Command

from .common import CollectionsCommon

TEAM = ("collector", "assistant", "manager")


class PlanCommon(CollectionsCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.collector, cls.assistant, cls.manager = (cls.member(role) for role in TEAM)
        # Whoever sets up the tests has no part in decisions.
        cls.env.user.group_ids -= cls.env.ref("account_collections.group_manager")
        cls.env = cls.env(su=True)
        cls.company = cls.company.sudo()
        cls.Account, cls.Plan = cls.env["collection.account"], cls.env["collection.plan"]
        cls.Review = cls.env["collection.review"]
        cls.acme = cls.customer()
        cls.move = cls.invoice(cls.acme, 1000, overdue=40)
        cls.account(cls.acme).collector_id = cls.collector

    @classmethod
    def plan(cls, *steps, partner=None, user=None, **vals):
        """A draft by the collector: `steps` are (days from today, expected cash); by default one of 400 in a week."""
        user = user or cls.collector
        account = cls.account(partner or cls.acme)
        return (
            cls.Plan.with_user(user)
            .create(
                {
                    "account_id": account.id,
                    "root_cause": "The owner waits for a loan",
                    "fallback": "Place with the agency",
                    "review_date": cls.day(30),
                    "step_ids": [
                        Command.create(
                            {
                                "name": f"Instalment {number}",
                                "due_date": cls.day(days),
                                "amount_expected": amount,
                                "user_id": user.id,
                            }
                        )
                        for number, (days, amount) in enumerate(steps or [(7, 400)], 1)
                    ],
                    **vals,
                }
            )
            .with_env(cls.env)
        )

    @classmethod
    def submit(cls, plan, user=None):
        plan.with_user(user or cls.collector).action_submit()
        return plan

    @classmethod
    def approve(cls, plan, user=None):
        plan.with_user(user or cls.manager).action_approve()
        return plan

    @classmethod
    def active(cls, *steps, **vals):
        """A plan that is carried out."""
        plan = cls.approve(cls.submit(cls.plan(*steps, **vals)))
        plan.with_user(cls.collector).action_start()
        return plan

    @classmethod
    def review(cls, user=None, **vals):
        """A meeting that an assistant manager has called, with all that waits."""
        review = cls.Review.with_user(user or cls.assistant).create({"company_id": cls.company.id, **vals})
        return review.with_env(cls.env)

    @classmethod
    def absent(cls, user, substitute, start=0, end=7):
        return cls.env["collection.substitution"].create(
            {
                "user_id": user.id,
                "substitute_id": substitute.id,
                "date_from": cls.day(start),
                "date_to": cls.day(end),
                "company_id": cls.company.id,
            }
        )
