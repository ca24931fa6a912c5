from datetime import timedelta

from odoo import api, models
from odoo.tools import SQL

# Later than any step: the end of the last step's range.
_FOREVER = 1_000_000


class CollectionRun(models.Model):
    """What a run would do, worked out by sets.

    `_item_query` answers for every open debit item of a company: which step it has reached (SPEC §2 "Which step"), how much of it is
    asked for after holds and credits (§0 "Collectible"), and if it is left out, why. Preparing a run and checking a notice again at
    the moment of sending both read it.
    """

    _inherit = "collection.run"

    # ------------------------------------------------------------------
    # Configuration as SQL
    # ------------------------------------------------------------------

    @api.model
    def _policies_in_use(self, company):
        policies = self.env["collection.account"].sudo()._read_group(
            [("company_id", "=", company.id), ("policy_id", "!=", False)], ["policy_id"]
        )
        used = company.collection_policy_id
        for (policy,) in policies:
            used |= policy
        return used

    @api.model
    def _policy_rows(self, company, today):
        """One SQL row per policy: id, highest first step, intervals, last day of a hold that is over, first final demand."""
        rows = []
        for policy in self._policies_in_use(company):
            finals = policy.step_ids.filtered(lambda step: step.channel == "final_demand")
            rest = today
            while company._collection_add_business_days(rest, policy.resume_business_days) > today:
                rest -= timedelta(days=1)
            rows.append(
                SQL(
                    "(%s, %s, %s, %s, %s::date, %s, %s)",
                    policy.id,
                    policy.first_step_id.days if policy.first_step_id else _FOREVER,
                    policy.min_days_between,
                    policy.email_interval_days,
                    rest,
                    min(finals.mapped("days"), default=_FOREVER),
                    policy.final_demand_days,
                )
            )
        return SQL(", ").join(rows)

    @api.model
    def _step_rows(self, company):
        """One SQL row per step: policy, track, id, its days up to those of the next step of its track, channel, minimum."""
        rows = []
        for policy in self._policies_in_use(company):
            for track, steps in policy.step_ids.grouped(lambda step: step._track()).items():
                steps = steps.sorted(lambda step: (step.days, step.sequence))
                ends = [*steps.mapped("days")[1:], _FOREVER]
                for step, end in zip(steps, ends):
                    group = "mail" if step.channel in ("email", "letter") else step.channel
                    values = (policy.id, track, step.id, step.days, end, step.channel, group, step.min_amount, step.needs_release)
                    rows.append(SQL("(%s, %s, %s, %s, %s, %s, %s, %s::numeric, %s)", *values))
        return SQL(", ").join(rows)

    # ------------------------------------------------------------------
    # Items
    # ------------------------------------------------------------------

    @api.model
    def _asked_tables(self, company, accounts=None):
        """Common table expressions up to `asked`: every open debit item that is due soon or overdue, with what is asked for.

        Credits cover the oldest items first, so that over a customer's overdue items of one currency `asked_cur` sums up to what
        is collectible (SPEC §0).

        :param accounts: `SQL` condition on the account `a` (default: all of the company)
        """
        today = company._collection_today()
        reasons = self.env["collection.notice"]._suppress_reason_of_hold()
        return SQL(
            """
            policy (policy_id, cap_days, min_days, email_days, rest_date, final_days, final_notice_days) AS (VALUES %(policies)s),
            step (policy_id, track, step_id, days, next_days, channel, grp, min_amount, needs_release) AS (VALUES %(steps)s),
            track AS (SELECT policy_id, track, MIN(days) AS min_days FROM step GROUP BY policy_id, track),
            hold_kind (kind, reason) AS (VALUES %(kinds)s),
            held AS (
                SELECT h.move_line_id,
                       SUM(h.amount_currency) FILTER (WHERE %(live)s) AS amount,
                       (ARRAY_AGG(k.reason ORDER BY h.amount_currency DESC) FILTER (WHERE %(live)s))[1] AS reason,
                       MAX(LEAST(h.date_until, h.date_released)) FILTER (
                           WHERE LEAST(h.date_until, h.date_released) <= %(today)s AND NOT %(live)s
                             AND COALESCE(h.date_released, h.date_until) > h.date_from) AS ended
                  FROM collection_hold h LEFT JOIN hold_kind k ON k.kind = h.kind
                 WHERE h.company_id = %(company)s
                 GROUP BY h.move_line_id
            ), line AS (
                SELECT a.id AS account_id, COALESCE(a.policy_id, %(default)s) AS policy_id, a.sales_partner_id,
                       l.id AS line_id, l.move_id, COALESCE(l.date_maturity, l.date) AS due, l.currency_id,
                       l.amount_residual AS open, l.amount_residual_currency AS open_cur,
                       LEAST(COALESCE(h.amount, 0), ABS(l.amount_residual_currency)) AS held_cur, h.reason, h.ended,
                       l.no_followup AND j.type != 'general' AS no_followup, l.collection_reserved
                  FROM account_move_line l
                  JOIN account_journal j ON j.id = l.journal_id
                  JOIN res_partner p ON p.id = l.partner_id
                  JOIN collection_account a ON a.partner_id = p.commercial_partner_id AND a.company_id = l.company_id
                  LEFT JOIN held h ON h.move_line_id = l.id
                 WHERE l.company_id = %(company)s AND %(open)s AND (%(accounts)s)
            ), balance AS (
                SELECT account_id, currency_id, SUM(open_cur) AS balance,
                       SUM(-open_cur - held_cur) FILTER (WHERE open < 0 AND collection_reserved IS NOT TRUE) AS credit
                  FROM line GROUP BY account_id, currency_id
            ), item AS (
                SELECT l.account_id, l.policy_id, l.sales_partner_id, l.move_id, l.due, l.currency_id, MIN(l.line_id) AS line_id,
                       %(today)s - l.due AS days, SUM(l.open) AS open, SUM(l.open_cur) AS open_cur,
                       SUM(CASE WHEN l.no_followup THEN 0 ELSE l.open_cur - l.held_cur END) AS free_cur,
                       MAX(l.reason) AS hold_reason, MAX(l.ended) AS ended, BOOL_OR(l.no_followup) AS no_followup
                  FROM line l
                 WHERE l.open > 0 AND l.due <= %(today)s - (SELECT MIN(days) FROM step)
                 GROUP BY l.account_id, l.policy_id, l.sales_partner_id, l.move_id, l.due, l.currency_id
            ), covered AS (
                SELECT i.*, b.balance,
                       LEAST(i.free_cur, GREATEST(0, SUM(i.free_cur) OVER (
                           PARTITION BY i.account_id, i.currency_id ORDER BY i.due, i.move_id
                       ) - COALESCE(b.credit, 0))) AS asked_cur
                  FROM item i JOIN balance b ON b.account_id = i.account_id AND b.currency_id = i.currency_id
            ), asked AS (
                SELECT c.*, CASE WHEN c.open_cur = 0 THEN 0 ELSE c.open * c.asked_cur / c.open_cur END AS asked,
                       CASE WHEN c.no_followup THEN 'no_followup'
                            WHEN c.free_cur <= 0 THEN COALESCE(c.hold_reason, 'manual')
                            WHEN c.balance <= 0 THEN 'credit_balance'
                            WHEN c.asked_cur <= 0 THEN 'covered' END AS reason
                  FROM covered c
            )
            """,
            policies=self._policy_rows(company, today),
            steps=self._step_rows(company),
            kinds=SQL(", ").join(SQL("(%s, %s)", kind, reason) for kind, reason in reasons.items()),
            live=self.env["collection.hold"]._live_condition(SQL("%s::date", today), "h"),
            today=SQL("%s::date", today),
            company=company.id,
            default=company.collection_policy_id.id or 0,
            open=self.env["account.move.line"]._collection_open_condition("l"),
            accounts=accounts or SQL("TRUE"),
        )

    @api.model
    def _asked_rows(self, company, accounts):
        """What is asked for now of the items of some accounts, with the reason where it is nothing: a list of dicts."""
        return self.env.execute_query_dict(
            SQL(
                "WITH %s SELECT account_id, move_id, due, currency_id, open_cur, asked_cur, asked, reason FROM asked",
                self._asked_tables(company, accounts),
            )
        )

    @api.model
    def _item_query(self, company):
        """Every open debit item that has come to a step, one row per item and track.

        :return: `SQL` with the item's key and amounts, `step_id`, `step_days`, `track`, `channel`, `grp` (what goes into one notice),
            `asked_cur` and `asked` (open less holds and credits), `reason` (why it is left out, or NULL)
        """
        return SQL(
            """
            WITH %(tables)s, past AS (
                SELECT nl.account_id, nl.move_id, nl.due_date, nl.currency_id, nl.track,
                       MAX(nl.step_days) AS days, MAX(COALESCE(n.sent_on, n.date)) AS last_date, BOOL_OR(nl.step_days > 0) AS past_due,
                       MIN(n.sent_on) FILTER (WHERE n.state = 'sent' AND nl.step_days > 0) AS delivered
                  FROM collection_notice_line nl JOIN collection_notice n ON n.id = nl.notice_id
                 WHERE nl.company_id = %(company)s AND nl.counted AND n.state IN ('queued', 'sent', 'failed', 'bounced')
                 GROUP BY nl.account_id, nl.move_id, nl.due_date, nl.currency_id, nl.track
            ), at AS (
                SELECT i.*, t.track, p.cap_days, p.min_days, p.email_days, p.rest_date, p.final_days, p.final_notice_days,
                       own.days AS last_days, own.last_date,
                       COALESCE(main.past_due, FALSE) AS past_due, main.delivered,
                       i.ended IS NOT NULL AND (own.last_date IS NULL OR i.ended >= own.last_date) AS resumes
                  FROM asked i
                  JOIN policy p ON p.policy_id = i.policy_id
                  JOIN track t ON t.policy_id = i.policy_id AND t.min_days <= i.days
                  LEFT JOIN past own ON (own.account_id, own.move_id, own.due_date, own.currency_id, own.track)
                                      = (i.account_id, i.move_id, i.due, i.currency_id, t.track)
                  LEFT JOIN past main ON (main.account_id, main.move_id, main.due_date, main.currency_id, main.track)
                                       = (i.account_id, i.move_id, i.due, i.currency_id, 'customer')
                 WHERE t.track IN ('customer', 'sales_partner') OR main.last_date <= %(today)s - p.min_days
            ), reach AS (
                -- How far the item may go: not above the highest first step, nor to a final demand without an earlier notice,
                -- nor beyond the next step when a hold has just ended.
                SELECT at.*, LEAST(
                           at.days,
                           CASE WHEN track IN ('customer', 'sales_partner') AND NOT past_due THEN cap_days END,
                           CASE WHEN track = 'customer' AND (delivered IS NULL OR delivered > %(today)s - final_notice_days)
                                THEN final_days - 1 END,
                           CASE WHEN track = 'customer' AND resumes THEN (
                                SELECT MIN(s.days) FROM step s WHERE s.policy_id = at.policy_id AND s.track = at.track
                                   AND s.days > COALESCE(at.last_days, -%(forever)s) AND (s.days > 0 OR at.days <= 0)) END
                       ) AS reach_days
                  FROM at
            )
            SELECT r.account_id, r.policy_id, r.sales_partner_id, r.move_id, r.line_id, r.due, r.days, r.currency_id,
                   r.open_cur, r.asked_cur, r.asked,
                   s.step_id, s.days AS step_days, s.track, s.channel, s.grp, s.min_amount, s.needs_release, r.email_days,
                   CASE WHEN r.reason IS NOT NULL THEN r.reason
                        WHEN r.track = 'customer' AND r.last_date > %(today)s - r.min_days THEN 'too_soon'
                        WHEN r.track = 'customer' AND r.resumes AND r.ended > r.rest_date THEN 'after_hold'
                   END AS reason
              FROM reach r
              JOIN step s ON s.policy_id = r.policy_id AND s.track = r.track
                         AND s.days <= r.reach_days AND r.reach_days < s.next_days
             WHERE s.days > COALESCE(r.last_days, -%(forever)s)
               AND (s.days > 0 OR r.days <= 0)
               AND (s.channel != 'sales_partner' OR r.sales_partner_id IS NOT NULL)
            """,
            tables=self._asked_tables(company),
            company=company.id,
            today=SQL("%s::date", company._collection_today()),
            forever=_FOREVER,
        )

    # ------------------------------------------------------------------
    # Notices
    # ------------------------------------------------------------------

    def _prepare_notices(self):
        """Write the notices of this run: those that go out, and for every item left out the reason why."""
        self.ensure_one()
        self.env.flush_all()
        cr = self.env.cr
        cr.execute("DROP TABLE IF EXISTS collection_run_item")
        cr.execute(
            SQL(
                """CREATE TEMPORARY TABLE collection_run_item ON COMMIT DROP AS
                   SELECT q.* FROM (%s) q
                    WHERE NOT EXISTS (
                        SELECT 1 FROM collection_notice_line nl
                         WHERE nl.counted AND (nl.account_id, nl.move_id, nl.due_date, nl.currency_id, nl.step_id)
                             = (q.account_id, q.move_id, q.due, q.currency_id, q.step_id))""",
                self._item_query(self.company_id),
            )
        )
        cr.execute("ANALYZE collection_run_item")
        self._leave_out_groups()
        self._insert_notices()
        self._insert_suppressed()
        [[left_out]] = self.env.execute_query(SQL("SELECT COUNT(*) FROM collection_run_item WHERE reason IS NOT NULL"))
        self._unguarded().suppressed_count = left_out
        self.env["collection.notice"].invalidate_model(flush=False)
        self.env["collection.notice.line"].invalidate_model(flush=False)

    def _leave_out_groups(self):
        """Reasons that concern a whole notice: nobody to write to, or too little to ask for."""
        cr = self.env.cr
        cr.execute("DROP TABLE IF EXISTS collection_run_recipient")
        cr.execute(
            SQL(
                "CREATE TEMPORARY TABLE collection_run_recipient ON COMMIT DROP AS %s",
                self.env["collection.notice"]._recipient_query(
                    SQL("SELECT DISTINCT account_id FROM collection_run_item WHERE reason IS NULL")
                ),
            )
        )
        cr.execute(
            """
            UPDATE collection_run_item i SET reason = 'no_recipient'
             WHERE i.reason IS NULL AND i.grp IN ('mail', 'final_demand')
               AND NOT EXISTS (SELECT 1 FROM collection_run_recipient r WHERE r.account_id = i.account_id)
            """
        )
        cr.execute(
            """
            WITH total AS (
                SELECT account_id, grp, SUM(asked) AS asked, (ARRAY_AGG(min_amount ORDER BY step_days DESC))[1] AS least
                  FROM collection_run_item WHERE reason IS NULL GROUP BY account_id, grp
            )
            UPDATE collection_run_item i SET reason = 'below_minimum'
              FROM total t
             WHERE i.reason IS NULL AND t.account_id = i.account_id AND t.grp = i.grp AND t.asked < t.least
            """
        )

    def _insert_notices(self):
        """One notice per customer and kind of step, at the highest step that its items reached."""
        self.env.cr.execute("DROP TABLE IF EXISTS collection_run_notice")
        self.env.cr.execute(
            SQL(
                """
                CREATE TEMPORARY TABLE collection_run_notice ON COMMIT DROP AS
                SELECT nextval('collection_notice_id_seq') AS id, g.*, r.recipient_id, r.email, r.lang,
                       CASE WHEN g.grp = 'mail' THEN r.channel ELSE g.top_channel END AS channel,
                       (SELECT MAX(n.sent_on) + g.email_days FROM collection_notice n
                         WHERE n.account_id = g.account_id AND n.state IN ('queued', 'sent') AND n.channel = 'email') AS next_email
                  FROM (SELECT account_id, grp, MAX(sales_partner_id) FILTER (WHERE channel = 'sales_partner') AS sales_partner_id,
                               (ARRAY_AGG(step_id ORDER BY step_days DESC))[1] AS step_id,
                               (ARRAY_AGG(channel ORDER BY step_days DESC))[1] AS top_channel,
                               BOOL_OR(needs_release) AS needs_release, MAX(email_days) AS email_days, SUM(asked) AS asked
                          FROM collection_run_item WHERE reason IS NULL GROUP BY account_id, grp) g
                  LEFT JOIN collection_run_recipient r ON r.account_id = g.account_id;

                UPDATE collection_run_notice n SET channel = 'letter'
                  FROM collection_policy_step s WHERE s.id = n.step_id AND s.channel = 'letter' AND n.grp = 'mail';

                INSERT INTO collection_notice (id, name, account_id, sales_partner_id, company_id, currency_id, run_id, step_id, channel, date,
                       date_not_before, ready, needs_release, state, recipient_id, recipient_email, lang, amount, attempts,
                       create_uid, create_date, write_uid, write_date)
                SELECT n.id, 'N' || LPAD(n.id::text, 7, '0'), n.account_id, n.sales_partner_id, %(company)s, %(currency)s, %(run)s, n.step_id,
                       n.channel, %(today)s,
                       CASE WHEN n.channel = 'email' THEN GREATEST(%(today)s::date, n.next_email) ELSE %(today)s END,
                       FALSE, n.needs_release, 'due', n.recipient_id, n.email, n.lang, ROUND(n.asked, %(digits)s), 0,
                       %(uid)s, now() AT TIME ZONE 'UTC', %(uid)s, now() AT TIME ZONE 'UTC'
                  FROM collection_run_notice n;

                INSERT INTO collection_notice_line (notice_id, %(columns)s, counted)
                SELECT n.id, %(values)s, TRUE
                  FROM collection_run_item i
                  JOIN collection_run_notice n ON n.account_id = i.account_id AND n.grp = i.grp
                  JOIN account_move m ON m.id = i.move_id
                 WHERE i.reason IS NULL
                """,
                **self._insert_parameters(),
            )
        )

    def _insert_suppressed(self):
        """One row per item, step and reason, with the first and the last date (SPEC §2)."""
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO collection_notice (id, name, account_id, company_id, currency_id, run_id, step_id, channel, date, ready, needs_release,
                       state, suppress_reason, amount, attempts, create_uid, create_date, write_uid, write_date)
                SELECT g.id, 'N' || LPAD(g.id::text, 7, '0'), g.account_id, %(company)s, %(currency)s, %(run)s, g.step_id, g.channel, %(today)s,
                       FALSE, FALSE, 'suppressed', g.reason, ROUND(g.open, %(digits)s), 0,
                       %(uid)s, now() AT TIME ZONE 'UTC', %(uid)s, now() AT TIME ZONE 'UTC'
                  FROM (SELECT nextval('collection_notice_id_seq') AS id, z.* FROM (
                            SELECT account_id, step_id, channel, reason, SUM(asked) AS open
                              FROM collection_run_item WHERE reason IS NOT NULL GROUP BY account_id, step_id, channel, reason) z) g
                ON CONFLICT (account_id, step_id, suppress_reason) WHERE state = 'suppressed' AND NOT ready
                DO UPDATE SET run_id = EXCLUDED.run_id, date = EXCLUDED.date, amount = EXCLUDED.amount, write_date = EXCLUDED.write_date;

                INSERT INTO collection_notice_line (notice_id, %(columns)s, counted, suppress_reason, date_first, date_last)
                SELECT n.id, %(values)s, FALSE, i.reason, %(today)s, %(today)s
                  FROM collection_run_item i
                  JOIN collection_notice n ON n.account_id = i.account_id AND n.step_id = i.step_id AND n.suppress_reason = i.reason
                                          AND n.state = 'suppressed' AND NOT n.ready
                  JOIN account_move m ON m.id = i.move_id
                 WHERE i.reason IS NOT NULL
                ON CONFLICT (account_id, move_id, due_date, currency_id, step_id, suppress_reason)
                      WHERE suppress_reason IS NOT NULL AND NOT counted
                DO UPDATE SET date_last = EXCLUDED.date_last, notice_id = EXCLUDED.notice_id, amount_open = EXCLUDED.amount_open,
                              amount_currency = EXCLUDED.amount_currency, amount = EXCLUDED.amount
                """,
                **self._insert_parameters(),
            )
        )

    def _insert_parameters(self):
        today = self.company_id._collection_today()
        return {
            "company": self.company_id.id,
            "currency": self.company_id.currency_id.id,
            "run": self.id,
            "today": SQL("%s::date", today),
            "digits": self.company_id.currency_id.decimal_places,
            "uid": self.env.uid,
            "columns": SQL(
                "account_id, company_id, move_id, move_line_id, move_name, ref, due_date, currency_id, amount_open, amount_currency, amount,"
                " step_id, step_days, track, create_uid, create_date, write_uid, write_date"
            ),
            "values": SQL(
                "i.account_id, %(company)s, i.move_id, i.line_id, m.name, m.ref, i.due, i.currency_id, i.open_cur, i.asked_cur,"
                " ROUND(i.asked, %(digits)s), i.step_id, i.step_days, i.track, %(uid)s, now() AT TIME ZONE 'UTC', %(uid)s,"
                " now() AT TIME ZONE 'UTC'",
                company=self.company_id.id,
                digits=self.company_id.currency_id.decimal_places,
                uid=self.env.uid,
            ),
        }
