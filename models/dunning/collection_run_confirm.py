from odoo import fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from .collection_policy_step import TASK_CHANNELS

# Tasks that are handed out while the user waits; the sending job hands out the others.
_TASKS_AT_ONCE = 10


class CollectionRun(models.Model):
    """Confirming: what still waits from earlier runs is looked at again and joins the new notices."""

    _inherit = "collection.run"

    def _recheck_waiting(self):
        """Take paid and held items out of what people are still to do or release: a call for a paid invoice is not made."""
        waiting = self.env["collection.notice"].search(
            Domain("company_id", "=", self.company_id.id)
            & Domain("state", "=", "due")
            & Domain("run_id", "!=", self.id)
            & Domain("run_id.state", "in", ("confirmed", "done"))
            & (Domain("recipient_email", "=", False) | Domain("ready", "=", False))
        )
        if waiting:
            waiting._recheck(self.company_id)

    def _join_waiting_notices(self):
        """Move the items of older notices that still wait into this run's notices, one notice for a customer and kind of step.

        The older notice is cancelled. An item that came to a higher step meanwhile goes with that one alone; the notice is at the
        highest step of all its items.
        """
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """
                WITH waiting AS MATERIALIZED (
                    SELECT n.id, %(owner)s AS owner, %(kind)s AS kind
                      FROM collection_notice n JOIN collection_run r ON r.id = n.run_id AND r.state IN ('confirmed', 'done')
                     WHERE n.company_id = %(company)s AND n.state = 'due' AND n.run_id != %(run)s
                ), new AS MATERIALIZED (
                    SELECT n.id, %(owner)s AS owner, %(kind)s AS kind FROM collection_notice n WHERE n.run_id = %(run)s AND n.state = 'due'
                ), pair AS (
                    SELECT o.id AS old_id, new.id AS new_id
                      FROM waiting w
                      JOIN new ON new.owner = w.owner AND new.kind = w.kind
                      JOIN collection_notice o ON o.id = w.id
                       FOR UPDATE OF o
                ), ranked AS (
                    SELECT l.id, x.new_id, ROW_NUMBER() OVER (
                               PARTITION BY x.new_id, l.account_id, l.move_id, l.due_date, l.currency_id
                                   ORDER BY l.step_days DESC, l.id DESC) AS rank
                      FROM (SELECT old_id AS id, new_id FROM pair UNION SELECT new_id, new_id FROM pair) x
                      JOIN collection_notice_line l ON l.notice_id = x.id AND l.counted
                ), moved AS (
                    UPDATE collection_notice_line l
                       SET counted = r.rank = 1, notice_id = CASE WHEN r.rank = 1 THEN r.new_id ELSE l.notice_id END
                      FROM ranked r WHERE r.id = l.id AND (r.rank > 1 OR l.notice_id != r.new_id)
                ), cancelled AS (
                    UPDATE collection_notice o SET state = 'cancelled', error = %(why)s FROM pair p WHERE p.old_id = o.id
                )
                SELECT old_id, new_id FROM pair
                """,
                run=self.id,
                company=self.company_id.id,
                owner=self._owner_of_notice("n"),
                kind=self._kind_of_notice("n"),
                why=self.env._("Joined the notice of %(run)s", run=self.name),
            )
        )
        if rows:
            self._raise_to_highest_step(tuple({new_id for _old_id, new_id in rows}))
            self._move_tasks(rows)
            self.env.invalidate_all(flush=False)
            self.env["collection.notice"].browse(old_id for old_id, _new_id in rows)._cancel_mails()

    def _raise_to_highest_step(self, notice_ids):
        self.env.cr.execute(
            SQL(
                """
                UPDATE collection_notice n
                   SET step_id = t.step_id, amount = t.amount, needs_release = t.needs_release,
                       channel = CASE WHEN s.channel = 'letter' AND n.channel = 'email' THEN 'letter' ELSE n.channel END,
                       recipient_email = CASE WHEN s.channel = 'letter' THEN NULL ELSE n.recipient_email END
                  FROM (SELECT l.notice_id, SUM(l.amount) AS amount, (ARRAY_AGG(l.step_id ORDER BY l.step_days DESC))[1] AS step_id,
                               BOOL_OR(s.needs_release IS TRUE OR s.channel = 'final_demand') AS needs_release
                          FROM collection_notice_line l JOIN collection_policy_step s ON s.id = l.step_id
                         WHERE l.notice_id IN %s AND l.counted GROUP BY l.notice_id) t
                  JOIN collection_policy_step s ON s.id = t.step_id
                 WHERE n.id = t.notice_id
                """,
                notice_ids,
            )
        )

    def _move_tasks(self, pairs):
        """Who had the task of a notice keeps it for the one that it joined."""
        self.env.cr.execute(
            SQL(
                """
                WITH pair AS (
                    SELECT DISTINCT ON (p.new_id) p.old_id, p.new_id, o.task_id
                      FROM unnest(%s, %s) AS p (old_id, new_id) JOIN collection_notice o ON o.id = p.old_id AND o.task_id IS NOT NULL
                ), taken AS (UPDATE collection_notice o SET task_id = NULL FROM pair WHERE o.id = pair.old_id)
                UPDATE collection_notice n SET task_id = pair.task_id FROM pair WHERE n.id = pair.new_id
                """,
                [old_id for old_id, _new_id in pairs],
                [new_id for _old_id, new_id in pairs],
            )
        )

    def _mark_policies_used(self):
        """Versions of policies by whose steps this run writes stay as they are from now on."""
        unused = self._policies_in_use(self.company_id).filtered(lambda policy: not policy.is_used)
        if not unused:
            return
        rows = self.env.execute_query(
            SQL(
                """SELECT p.id FROM collection_policy p WHERE p.id IN %s AND EXISTS (
                       SELECT 1 FROM collection_notice n JOIN collection_notice_line l ON l.notice_id = n.id
                         JOIN collection_policy_step s ON s.id = l.step_id
                        WHERE n.run_id = %s AND s.policy_id = p.id)""",
                tuple(unused.ids),
                self.id,
            )
        )
        unused.browse(row[0] for row in rows)._unguarded().write({"is_used": True})

    def _hand_out_tasks(self):
        """What people are to do beside letters and calls: find an address, decide on a graver step."""
        Notice = self.env["collection.notice"]
        mine = Domain("run_id", "=", self.id)
        Notice.search(mine & Domain("suppress_reason", "=", "no_recipient"))._ask_for_address()
        decide = (
            mine & Domain("channel", "in", TASK_CHANNELS) & Domain("state", "=", "due") & Domain("ready", "=", True)
        )
        self.env["collection.notice"].invalidate_model(["ready"], flush=False)
        Notice.search(decide & Domain("task_id", "=", False), limit=_TASKS_AT_ONCE)._raise_tasks()

    def _touch_called_accounts(self):
        """Accounts that now have a call to make or a step to be decided on: their place in the worklist changes."""
        rows = self.env.execute_query(
            SQL(
                "SELECT DISTINCT account_id FROM collection_notice WHERE run_id IN %s AND channel IN %s AND state = 'due'",
                tuple(self.ids),
                ("call", *TASK_CHANNELS),
            )
        )
        self.env["collection.account"].browse(row[0] for row in rows)._refresh()

    def _close_if_done(self):
        """Runs with nothing left to send or do are done."""
        open_runs = self.env["collection.notice"]._read_group(
            [("run_id", "in", self.ids), ("state", "in", ("due", "queued"))], ["run_id"]
        )
        busy = self.browse(run.id for (run,) in open_runs)
        (self.filtered(lambda run: run.state == "confirmed") - busy)._update_state(
            ("confirmed",), "done", done_on=fields.Datetime.now()
        )
