from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

from .collection_account_stage import STAGES


class CollectionAccount(models.Model):
    """The stage: what the customer answered last, kept with its history. Rooms set it through `_set_stage`."""

    _inherit = "collection.account"

    stage = fields.Selection(
        STAGES,
        required=True,
        default="new",
        readonly=True,
        help="The customer's last response. Follows from the outcomes and cases of the account; "
        "unreachable after several attempts without reaching the right person.",
    )
    stage_date = fields.Date(string="In This Stage Since", readonly=True)
    stage_ids = fields.One2many("collection.account.stage", "account_id", string="Stage History")

    def _guarded_fields(self):
        return super()._guarded_fields() | {"stage", "stage_date"}

    # ------------------------------------------------------------------
    # State gate
    # ------------------------------------------------------------------

    def _set_stage(self, stage, reason=None, source=None):
        """Bring these accounts to a stage and note it in their history; those that are in it already are left alone.

        :param stage: technical name of a stage
        :param reason: what happened, in words
        :param source: the record that it happened on, if any
        :return: the accounts that changed
        """
        # Stage and history are the system's own: whoever may do what leads to them (a resolver, a customer in the portal) need
        # not have a right on accounts.
        changed = self.sudo().filtered(lambda account: account.stage != stage)
        vals_list = []
        for company, accounts in changed.grouped("company_id").items():
            today = company._collection_today()
            vals_list += [
                {
                    "account_id": account.id,
                    "stage": stage,
                    "previous": account.stage,
                    "business_date": today,
                    "reason": reason,
                    "res_model": source._name if source else False,
                    "res_id": source.id if source else False,
                    "days_before": (today - account.stage_date).days if account.stage_date else 0,
                }
                for account in accounts
            ]
            accounts._unguarded().write({"stage": stage, "stage_date": today})
        changed.env["collection.account.stage"]._unguarded().create(vals_list)
        return changed.with_env(self.env)

    # ------------------------------------------------------------------
    # From outcomes
    # ------------------------------------------------------------------

    def _work(self, action, reason=None, *args, **kwargs):
        logs = super()._work(action, reason, *args, **kwargs)
        logs._apply_stages()
        return logs

    # ------------------------------------------------------------------
    # Derived
    # ------------------------------------------------------------------

    @api.model
    def _attempt_queries(self, ids, since):
        """Queries for the attempts to reach the customer and for what they answered, one row each; the rooms of contacts add theirs.

        :param ids: tuple of account ids
        :param since: the first business date that counts
        :return: list of `SQL`: `account_id, moment, is_attempt, is_right_party`
        """
        return [
            SQL(
                """SELECT s.account_id, s.date AS moment, FALSE AS is_attempt, TRUE AS is_right_party
                     FROM collection_account_stage s
                    WHERE s.stage NOT IN ('new', 'unreachable', 'promise_broken')
                      AND s.account_id IN %s AND s.business_date >= %s""",
                ids,
                since,
            ),
        ]

    def _unreachable_accounts(self):
        """Those of these accounts whose customer nobody reaches: enough attempts in the last days (settings, SPEC §1: 3 in
        14 days), today included, since the right person was reached for the last time."""
        found = self.browse()
        self.env.flush_all()
        for company, accounts in self.grouped("company_id").items():
            since = company._collection_today() - timedelta(company.collection_unreachable_days - 1)
            attempts = SQL(" UNION ALL ").join(self._attempt_queries(tuple(accounts.ids), since))
            rows = self.env.execute_query(
                SQL(
                    """WITH attempt AS (%(attempts)s), reached AS (
                           SELECT account_id, MAX(moment) AS moment FROM attempt WHERE is_right_party GROUP BY account_id
                       )
                       SELECT a.account_id FROM attempt a LEFT JOIN reached r ON r.account_id = a.account_id
                        WHERE a.is_attempt AND (r.moment IS NULL OR a.moment > r.moment)
                        GROUP BY a.account_id HAVING COUNT(*) >= %(least)s""",
                    attempts=attempts,
                    least=company.collection_unreachable_attempts,
                )
            )
            found += self.browse(account_id for (account_id,) in rows)
        return found

    def _derive_stages(self):
        """Set what follows from facts rather than from somebody's word: unreachable; new again where all is paid."""
        if not self:
            return
        self._unreachable_accounts()._set_stage("unreachable", self.env._("Nobody reached after several attempts"))
        settled = self.search([("id", "in", self.ids), ("open_count", "=", 0), ("stage", "!=", "new")])
        settled._set_stage("new", self.env._("Everything is paid"))
