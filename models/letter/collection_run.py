from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL


class CollectionRun(models.Model):
    """A final demand that a person asks for is one of a run for these accounts alone: same rules, same approval by a manager."""

    _inherit = "collection.run"

    def _collect_final_demands(self, accounts):
        """Into `collection_run_item` the items of these accounts that have come to their final demand, by the rules of every run."""
        self.ensure_one()
        self.env["collection.notice"]._forget_refusals(self.company_id)
        self.env.flush_all()
        own = SQL("a.id = ANY(%s::int[])", list(accounts.ids))
        self._collect_items(SQL("WITH %s SELECT * FROM asked", self._asked_tables(self.company_id, own)))
        self.env.cr.execute("DELETE FROM collection_run_item WHERE grp != 'final_demand'")
        self._collect_recipients()
        self._leave_out_groups()

    @api.model
    def _final_demand_obstacles(self, company, accounts):
        """Why accounts get no final demand now: dict of account to words, without those that may get one."""
        if not company.collection_policy_id:
            return dict.fromkeys(accounts, self.env._("The company has no dunning policy"))
        # What the policy says does not depend on who asks.
        self.sudo().new({"company_id": company.id})._collect_final_demands(accounts)
        rows = self.env.execute_query(
            SQL(
                """SELECT account_id, BOOL_OR(reason IS NULL), (ARRAY_AGG(reason ORDER BY asked DESC) FILTER (WHERE reason IS NOT NULL))[1]
                     FROM collection_run_item GROUP BY account_id"""
            )
        )
        found = {account_id: (may, reason) for account_id, may, reason in rows}
        reasons = dict(self.env["collection.notice"]._selection_suppress_reason())
        standing = self._standing_final_demands(accounts)
        obstacles = {}
        for account in accounts:
            may, reason = found.get(account.id, (False, None))
            if not may:
                obstacles[account] = (
                    reasons.get(reason, reason)
                    or standing.get(account)
                    or self.env._(
                        "Nothing has come to the final demand: it needs the days of its step, and an earlier notice that the customer"
                        " had time to answer"
                    )
                )
        return obstacles

    @api.model
    def _standing_final_demands(self, accounts):
        """Final demands that wait already: dict of account to words."""
        waiting = self.env["collection.notice"].search(
            Domain("account_id", "in", accounts.ids)
            & Domain("channel", "=", "final_demand")
            & Domain("state", "in", ("due", "queued"))
        )
        return {
            notice.account_id: self.env._("%(notice)s is a final demand and waits already", notice=notice.name)
            for notice in waiting
        }

    @api.model
    def _make_final_demands(self, company, accounts, on_paper):
        """Write the final demands of accounts and ask for their approval.

        :param on_paper: as letters, where a letter may be sent
        :return: the notices
        """
        # Notices are the system's; whose accounts they are about was checked, and a manager approves them.
        run = self.sudo().create({"company_id": company.id})
        run._check_ready()
        run._lock_company(company)
        run._unguarded().write({"date": company._collection_today(), "bank_date": run._bank_date()})
        run._collect_final_demands(accounts)
        run._insert_notices()
        if on_paper:
            run._put_on_paper()
        self.env.invalidate_all()
        run._update_state(("draft",), "simulated")
        run.action_confirm()
        return run.notice_ids.with_env(self.env)

    def _put_on_paper(self):
        """Address the run's notices by post where a letter may be sent."""
        self.env.cr.execute(
            SQL(
                """UPDATE collection_notice n SET recipient_id = r.postal_id, recipient_email = NULL, lang = r.postal_lang
                     FROM collection_run_recipient r
                    WHERE r.account_id = n.account_id AND n.run_id = %s AND r.postal_id IS NOT NULL AND NOT r.no_letters""",
                self.id,
            )
        )
