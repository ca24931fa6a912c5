from datetime import timedelta

from odoo import api, models
from odoo.tools import SQL

# Later than any step: the end of the last step's range.
FOREVER = 1_000_000


class CollectionRun(models.Model):
    """Which step each open item has come to, and how much of it is asked for, worked out by sets.

    `_asked_tables` answers how much (SPEC §0 "Collectible"); preparing a run and checking a notice again at the moment of sending
    both read it. `_item_query` adds which step (§2 "Which step") and, where an item is left out, why.
    """

    _inherit = "collection.run"

    # ------------------------------------------------------------------
    # Configuration as SQL
    # ------------------------------------------------------------------

    @api.model
    def _policies_in_use(self, company):
        policies = (
            self.env["collection.account"]
            .sudo()
            ._read_group([("company_id", "=", company.id), ("policy_id", "!=", False)], ["policy_id"])
        )
        used = company.collection_policy_id
        for (policy,) in policies:
            used |= policy
        return used

    @api.model
    def _policy_rows(self, company):
        """One SQL row per policy in use, with the columns of the CTE `policy` in `_item_query`."""
        today = company._collection_today()
        return SQL(", ").join(
            SQL(
                "(%s, %s, %s, %s, %s::date, %s, %s, %s)",
                policy.id,
                policy.first_step_id.days if policy.first_step_id else FOREVER,
                policy.min_days_between,
                policy.email_interval_days,
                policy._last_rested_day(company, today),
                min(
                    policy.step_ids.filtered(lambda step: step.channel == "final_demand").mapped("days"),
                    default=FOREVER,
                ),
                policy.final_demand_days,
                policy._is_quiet(company, today),
            )
            for policy in self._policies_in_use(company)
        )

    @api.model
    def _step_rows(self, company):
        """One SQL row per step: policy, track, id, its days up to those of the next step of its track, channel, minimum."""
        rows = []
        for policy in self._policies_in_use(company):
            for track, steps in policy.step_ids.grouped(lambda step: step._track()).items():
                steps = steps.sorted(lambda step: (step.days, step.sequence))
                ends = [*steps.mapped("days")[1:], FOREVER]
                for step, end in zip(steps, ends):
                    group = "mail" if step.channel in ("email", "letter") else step.channel
                    values = (
                        policy.id,
                        track,
                        step.id,
                        step.days,
                        end,
                        step.channel,
                        group,
                        step.min_amount,
                        step._is_released_by_hand(),
                    )
                    rows.append(SQL("(%s, %s, %s, %s, %s, %s, %s, %s::numeric, %s)", *values))
        return SQL(", ").join(rows)

    # ------------------------------------------------------------------
    # How much
    # ------------------------------------------------------------------

    @api.model
    def _asked_tables(self, company, accounts=None, due_until=None):
        """Common table expressions up to `asked`: every open debit item, with what is asked for, or why nothing is.

        Lines of one document with the same due date and currency are one item (DESIGN §2, the key of a notice line). Credits cover
        the oldest items first, so that over a customer's overdue items of one currency `asked_cur` sums up to what is collectible.

        :param accounts: `SQL` condition on the account `a` (default: all of the company)
        :param due_until: date; items due later are left out (they are the last to be covered by credits)
        """
        reasons = self.env["collection.notice"]._suppress_reason_of_hold()
        return SQL(
            """
            hold_kind (kind, reason) AS (VALUES %(kinds)s),
            line AS (
                SELECT a.id AS account_id, l.id AS line_id, l.move_id, COALESCE(l.date_maturity, l.date) AS due, l.currency_id,
                       l.amount_residual AS open, l.amount_residual_currency AS open_cur,
                       l.no_followup AND j.type != 'general' AS no_followup, l.collection_reserved
                  FROM account_move_line l
                  JOIN account_journal j ON j.id = l.journal_id
                  JOIN res_partner p ON p.id = l.partner_id
                  JOIN collection_account a ON a.partner_id = p.commercial_partner_id AND a.company_id = l.company_id
                 WHERE l.company_id = %(company)s AND %(open)s AND (%(accounts)s)
            ), hold AS (
                SELECT l.line_id, LEAST(COALESCE(SUM(h.amount_currency) FILTER (WHERE %(live)s), 0), MAX(ABS(l.open_cur))) AS amount,
                       (ARRAY_AGG(k.reason ORDER BY h.amount_currency DESC, h.id) FILTER (WHERE %(live)s))[1] AS reason,
                       MAX(LEAST(h.date_until, h.date_released)) FILTER (
                           WHERE LEAST(h.date_until, h.date_released) <= %(today)s AND NOT %(live)s
                             AND (h.date_released IS NULL OR h.date_released > h.date_from)) AS ended
                  FROM line l JOIN collection_hold h ON h.move_line_id = l.line_id LEFT JOIN hold_kind k ON k.kind = h.kind
                 GROUP BY l.line_id
            ), held AS (
                SELECT l.*, COALESCE(h.amount, 0) AS held_cur, h.reason, h.ended FROM line l LEFT JOIN hold h ON h.line_id = l.line_id
            ), balance AS (
                -- A reserved deposit neither covers anything nor puts a customer in credit.
                SELECT account_id, currency_id, SUM(open_cur) AS balance, SUM(-open_cur - held_cur) FILTER (WHERE open < 0) AS credit
                  FROM held WHERE open > 0 OR collection_reserved IS NOT TRUE
                 GROUP BY account_id, currency_id
            ), item AS (
                SELECT account_id, move_id, due, currency_id, MIN(line_id) AS line_id, SUM(open) AS open, SUM(open_cur) AS open_cur,
                       SUM(CASE WHEN no_followup THEN 0 ELSE open_cur - held_cur END) AS free_cur,
                       (ARRAY_AGG(reason ORDER BY held_cur DESC, line_id) FILTER (WHERE held_cur > 0))[1] AS hold_reason,
                       MAX(ended) AS ended, BOOL_OR(no_followup) AS no_followup
                  FROM held WHERE open > 0 AND due <= %(due_until)s
                 GROUP BY account_id, move_id, due, currency_id
            ), covered AS (
                SELECT i.*, b.balance,
                       LEAST(i.free_cur, GREATEST(0, SUM(i.free_cur) OVER (
                           PARTITION BY i.account_id, i.currency_id ORDER BY i.due, i.move_id
                       ) - COALESCE(b.credit, 0))) AS asked_cur
                  FROM item i JOIN balance b ON b.account_id = i.account_id AND b.currency_id = i.currency_id
            ), asked AS (
                SELECT c.*, CASE WHEN c.open_cur = 0 THEN 0 ELSE c.open * c.asked_cur / c.open_cur END AS asked,
                       CASE WHEN c.free_cur <= 0 AND c.no_followup THEN 'no_followup'
                            WHEN c.free_cur <= 0 THEN COALESCE(c.hold_reason, 'covered')
                            WHEN c.balance <= 0 THEN 'credit_balance'
                            WHEN c.asked_cur <= 0 THEN 'covered' END AS reason
                  FROM covered c
            )
            """,
            kinds=SQL(", ").join(SQL("(%s, %s)", kind, reason) for kind, reason in reasons.items()),
            live=self.env["collection.hold"]._live_condition(SQL("%s::date", company._collection_today()), "h"),
            today=SQL("%s::date", company._collection_today()),
            due_until=SQL("%s::date", due_until) if due_until else SQL("'infinity'::date"),
            company=company.id,
            open=self.env["account.move.line"]._collection_open_condition("l"),
            accounts=accounts or SQL("TRUE"),
        )

    @api.model
    def _asked_rows(self, company, accounts):
        """What is asked for now of the items of some accounts, with the reason where it is nothing: a list of dicts."""
        return self.env.execute_query_dict(
            SQL(
                "WITH %s SELECT account_id, move_id, due, currency_id, open_cur, asked_cur, asked, reason, ended FROM asked",
                self._asked_tables(company, accounts),
            )
        )

    @api.model
    def _asked_query(self, company):
        """The items that any step could concern, with what is asked for."""
        first_day = min(self._policies_in_use(company).step_ids.mapped("days"), default=0)
        due_until = company._collection_today() - timedelta(days=first_day)
        return SQL("WITH %s SELECT * FROM asked", self._asked_tables(company, due_until=due_until))

    # ------------------------------------------------------------------
    # Which step
    # ------------------------------------------------------------------

    @api.model
    def _past_query(self, company):
        """What each item of `collection_run_asked` went through on each track.

        `days`: the last step that it reached, also where the notice failed or came back; `past_due`: a notice after the due date
        went out, and `noticed` when the last one did; `delivered`: when the first one in writing was sent and did not come back.
        """
        return SQL(
            """
            SELECT nl.account_id, nl.move_id, nl.due_date, nl.currency_id, nl.track, MAX(nl.step_days) AS days,
                   MAX(COALESCE(n.sent_on, n.date)) FILTER (WHERE n.state != 'failed') AS last_date,
                   BOOL_OR(nl.step_days > 0 AND n.state IN ('queued', 'sent')) AS past_due,
                   MAX(n.sent_on) FILTER (WHERE nl.step_days > 0 AND n.state IN ('queued', 'sent')) AS noticed,
                   MIN(n.sent_on) FILTER (WHERE nl.step_days > 0 AND n.state = 'sent' AND n.channel != 'call') AS delivered
              FROM collection_run_asked i
              JOIN collection_notice_line nl ON (nl.account_id, nl.move_id, nl.due_date, nl.currency_id)
                                              = (i.account_id, i.move_id, i.due, i.currency_id) AND nl.counted
              JOIN collection_notice n ON n.id = nl.notice_id AND n.state IN ('queued', 'sent', 'failed', 'bounced')
             WHERE nl.company_id = %s
             GROUP BY nl.account_id, nl.move_id, nl.due_date, nl.currency_id, nl.track
            """,
            company.id,
        )

    @api.model
    def _item_query(self, company):
        """Every item of `collection_run_asked` that has come to a step, one row per item and track.

        :return: `SQL` with the item's key and amounts, `step_id`, `step_days`, `track`, `channel`, `owner` and `grp` (what goes into one
            notice), `asked_cur` and `asked` (open less holds and credits), `reason` (why it is left out, or NULL)
        """
        return SQL(
            """
            WITH policy (policy_id, cap_days, min_days, email_days, rested_day, final_days, final_notice_days, quiet) AS (
                VALUES %(policies)s
            ),
            step (policy_id, track, step_id, days, next_days, channel, grp, min_amount, needs_release) AS (VALUES %(steps)s),
            track AS (SELECT policy_id, track, MIN(days) AS min_days FROM step GROUP BY policy_id, track),
            at AS (
                SELECT i.*, %(today)s - i.due AS days, t.track,
                       p.policy_id, p.cap_days, p.min_days, p.email_days, p.rested_day, p.final_days, p.final_notice_days, p.quiet,
                       own.days AS last_days, own.last_date, COALESCE(main.past_due, FALSE) AS past_due, main.delivered,
                       t.track = 'customer' AND i.ended IS NOT NULL AND (own.last_date IS NULL OR i.ended >= own.last_date) AS resumes
                  FROM collection_run_asked i
                  JOIN collection_account a ON a.id = i.account_id
                  JOIN policy p ON p.policy_id = COALESCE(a.policy_id, %(default)s)
                  JOIN track t ON t.policy_id = p.policy_id AND t.min_days <= %(today)s - i.due
                  LEFT JOIN collection_run_past own ON (own.account_id, own.move_id, own.due_date, own.currency_id, own.track)
                                      = (i.account_id, i.move_id, i.due, i.currency_id, t.track)
                  LEFT JOIN collection_run_past main ON (main.account_id, main.move_id, main.due_date, main.currency_id, main.track)
                                       = (i.account_id, i.move_id, i.due, i.currency_id, 'customer')
                 -- Graver steps come after a notice that the customer had time to answer.
                 WHERE t.track IN ('customer', 'sales_partner') OR main.noticed <= %(today)s - p.min_days
            ), reach AS MATERIALIZED (
                -- How far the item may go: not above the highest first step, nor to a final demand without an earlier notice,
                -- nor beyond the next step when a hold has ended.
                SELECT at.*, LEAST(
                           days,
                           CASE WHEN track IN ('customer', 'sales_partner') AND NOT past_due THEN cap_days END,
                           CASE WHEN track = 'customer' AND (delivered IS NULL OR delivered > %(today)s - final_notice_days)
                                THEN final_days - 1 END,
                           CASE WHEN resumes THEN (
                                SELECT MIN(s.days) FROM step s WHERE s.policy_id = at.policy_id AND s.track = at.track
                                   AND s.days > COALESCE(at.last_days, -%(forever)s) AND (s.days > 0 OR at.days <= 0)) END
                       ) AS reach_days
                  FROM at
            )
            SELECT r.account_id, r.account_id AS owner, NULL::int4 AS sales_partner_id, r.move_id, r.line_id, r.due, r.days, r.currency_id,
                   r.open, r.open_cur, r.asked_cur, r.asked, s.step_id, s.days AS step_days, s.track, s.channel, s.grp, s.min_amount,
                   s.needs_release, r.email_days,
                   CASE WHEN r.reason IS NOT NULL THEN r.reason
                        WHEN r.quiet THEN 'quiet_days'
                        WHEN r.track = 'customer' AND r.last_date > %(today)s - r.min_days THEN 'too_soon'
                        WHEN r.ended > r.rested_day THEN 'after_hold'
                   END AS reason
              FROM reach r
              JOIN step s ON s.policy_id = r.policy_id AND s.track = r.track
                         AND s.days <= r.reach_days AND r.reach_days < s.next_days
             WHERE s.days > COALESCE(r.last_days, -%(forever)s) AND (s.days > 0 OR r.days <= 0)
            """,
            policies=self._policy_rows(company),
            steps=self._step_rows(company),
            default=company.collection_policy_id.id,
            today=SQL("%s::date", company._collection_today()),
            forever=FOREVER,
        )
