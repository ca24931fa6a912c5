from odoo import models
from odoo.tools import SQL

TASK = "account_collections.mail_activity_type_credit_hold"


class CollectionCreditHold(models.Model):
    """A hold is proposed for release when less is overdue than the limit of the customer's policy (SPEC §8)."""

    _inherit = "collection.credit.hold"

    def _release_limits(self, company):
        """The limit of each account of these holds: its policy's, else the company's. Dict of account id to an amount.

        0 as limit: released when nothing is overdue.
        """
        limits = dict.fromkeys(self.account_id.ids, company.collection_credit_hold_limit)
        Run = self.env["collection.run"].sudo()  # which policy somebody is under is configuration
        used = Run._policies_in_use(company)
        if not used or not self:
            return limits
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """WITH policy (policy_id) AS (VALUES %(used)s), version (chosen_id, policy_id) AS (VALUES %(versions)s)
                   SELECT a.id, p.credit_hold_limit
                     FROM collection_account a CROSS JOIN (SELECT NULL::int4 AS move_id) i
                     %(chosen)s
                     JOIN version v ON v.chosen_id = COALESCE(a.policy_id, seller.collection_policy_id, tagged.policy_id, %(default)s)
                     JOIN collection_policy p ON p.id = v.policy_id
                    WHERE a.id IN %(accounts)s AND p.credit_hold_limit > 0""",
                used=SQL(", ").join(SQL("(%s)", policy.id) for policy in used),
                versions=Run._version_rows(company),
                chosen=Run._chosen_joins(),
                default=SQL("%s::int4", company.collection_policy_id.id or None),
                accounts=tuple(self.account_id.ids),
            )
        )
        return limits | {account_id: float(limit) for account_id, limit in rows}

    def _judge_release(self):
        """Propose active holds for release where little enough is overdue, and take the proposal back where more is again."""
        for company, holds in self.grouped("company_id").items():
            limits, compare = holds._release_limits(company), company.currency_id.compare_amounts

            def is_settled(hold, limits=limits, compare=compare):
                overdue, limit = hold.account_id.amount_overdue, limits[hold.account_id.id]
                return compare(overdue, limit) < 0 or compare(overdue, 0) <= 0

            settled = holds.filtered(is_settled)
            settled.filtered(lambda hold: not hold.release_proposed_date)._propose_release(company)
            (holds - settled).filtered("release_proposed_date")._take_back_release()

    def _propose_release(self, company):
        if not self:
            return
        today = company._collection_today()
        self._unguarded().write({"release_proposed_date": today})
        manager = company._collection_manager()
        # The manager finds them among the tasks; one e-mail for each would be noise.
        quiet = self.sudo().with_context(mail_activity_quick_update=True)
        for hold in quiet:
            hold.activity_schedule(
                TASK,
                today,
                summary=self.env._(
                    "Release the credit hold? %(amount)s overdue",
                    amount=company.currency_id.format(hold.account_id.amount_overdue),
                ),
                user_id=manager.id,
            )

    def _take_back_release(self):
        self._unguarded().write({"release_proposed_date": False})
        self.sudo().activity_unlink([TASK])  # the system's own tasks
