from odoo import models
from odoo.tools import SQL


class CollectionRun(models.Model):
    """Writing a run's notices by sets: what goes out, and for every item left out the reason why."""

    _inherit = "collection.run"

    def _prepare_notices(self):
        """Write the notices of this run."""
        self.ensure_one()
        # A customer whose account is not made yet (a lost callback) is chased like the others.
        self.env["collection.account"]._insert_missing()
        self.env["collection.notice"]._forget_refusals(self.company_id)
        self.env.flush_all()
        self._collect_items()
        self._collect_recipients()
        self._leave_out_groups()
        self._insert_notices()
        self._insert_suppressed()
        self._insert_reasons()
        [[left_out]] = self.env.execute_query(SQL("SELECT COUNT(*) FROM collection_run_item WHERE reason IS NOT NULL"))
        self._unguarded().suppressed_count = left_out
        self.env.invalidate_all()

    def _create_table(self, name, query):
        """A table of this transaction alone."""
        table = SQL.identifier(name)
        self.env.cr.execute(SQL("DROP TABLE IF EXISTS %s", table))
        self.env.cr.execute(SQL("CREATE TEMPORARY TABLE %s ON COMMIT DROP AS %s", table, query))
        self.env.cr.execute(SQL("ANALYZE %s", table))

    # ------------------------------------------------------------------
    # Who and what
    # ------------------------------------------------------------------

    def _collect_items(self, asked=None):
        """The items that came to a step and do not stand in a notice of that step already.

        In steps, since the planner cannot foresee how many rows the first ones leave to the next.

        :param asked: `SQL` of the query of the open items to look at (default: all of the company)
        """
        self._create_table("collection_run_asked", asked or self._asked_query(self.company_id))
        self._create_table("collection_run_past", self._past_query(self.company_id))
        self._create_table("collection_run_exception", self._exception_query())
        self._create_table(
            "collection_run_item",
            SQL(
                """SELECT q.*, CASE WHEN q.grp = 'sales_partner' THEN -m.collection_sales_partner_id ELSE q.account_id END AS owner,
                          CASE WHEN q.grp = 'sales_partner' THEN m.collection_sales_partner_id END AS sales_partner_id
                     FROM (%s) q
                     JOIN account_move m ON m.id = q.move_id
                    -- Partners hear of their own orders only, in one notice over all customers.
                    WHERE (q.grp != 'sales_partner' OR m.collection_sales_partner_id IS NOT NULL)
                      AND NOT EXISTS (
                        SELECT 1 FROM collection_notice_line nl
                         WHERE nl.counted AND (nl.account_id, nl.move_id, nl.due_date, nl.currency_id, nl.step_id)
                             = (q.account_id, q.move_id, q.due, q.currency_id, q.step_id))""",
                self._item_query(self.company_id),
            ),
        )
        self._leave_out_excepted()

    def _collect_recipients(self):
        Notice = self.env["collection.notice"]
        accounts = SQL(
            "SELECT DISTINCT account_id FROM collection_run_item WHERE reason IS NULL AND grp IN ('mail', 'final_demand')"
        )
        moves = SQL("SELECT account_id, move_id FROM collection_run_item WHERE reason IS NULL")
        self._create_table("collection_run_recipient", Notice._recipient_query(accounts, moves))
        partners = SQL(
            "SELECT DISTINCT sales_partner_id FROM collection_run_item WHERE reason IS NULL AND sales_partner_id IS NOT NULL"
        )
        self._create_table("collection_run_partner", Notice._partner_query(partners, self.company_id))

    def _leave_out_groups(self):
        """Reasons that concern a whole notice: nobody to write to, or too little to ask for.

        What waits in an earlier notice counts towards the minimum, since both go out together.
        """
        cr = self.env.cr
        self._leave_out_without_letters()
        cr.execute(
            """
            UPDATE collection_run_item i SET reason = 'no_recipient'
             WHERE i.reason IS NULL AND i.grp IN ('mail', 'final_demand')
               AND NOT EXISTS (SELECT 1 FROM collection_run_recipient r WHERE r.account_id = i.account_id)
            """
        )
        cr.execute(
            SQL(
                """
                WITH total AS (
                    SELECT owner, grp, SUM(asked) AS asked, (ARRAY_AGG(min_amount ORDER BY step_days DESC))[1] AS least
                      FROM collection_run_item WHERE reason IS NULL GROUP BY owner, grp
                    HAVING SUM(asked) < (ARRAY_AGG(min_amount ORDER BY step_days DESC))[1]
                ), waiting AS (
                    SELECT t.owner, t.grp, SUM(nl.amount) AS asked
                      FROM total t
                      JOIN collection_notice n ON %(owner)s = t.owner AND %(kind)s = t.grp AND n.state = 'due'
                      JOIN collection_run run ON run.id = n.run_id AND run.state IN ('confirmed', 'done')
                      JOIN collection_notice_line nl ON nl.notice_id = n.id AND nl.counted
                     WHERE NOT EXISTS (SELECT 1 FROM collection_run_item i WHERE (i.account_id, i.move_id, i.due, i.currency_id)
                                                                              = (nl.account_id, nl.move_id, nl.due_date, nl.currency_id))
                     GROUP BY t.owner, t.grp
                )
                UPDATE collection_run_item i SET reason = 'below_minimum'
                  FROM total t LEFT JOIN waiting w ON w.owner = t.owner AND w.grp = t.grp
                 WHERE i.reason IS NULL AND i.owner = t.owner AND i.grp = t.grp AND t.asked + COALESCE(w.asked, 0) < t.least
                """,
                owner=self._owner_of_notice("n"),
                kind=self._kind_of_notice("n"),
            )
        )

    def _owner_of_notice(self, alias):
        """Whose notice it is, as `owner` of the items: a customer's account, or (negative) a sales partner."""
        return SQL("COALESCE(%s, -%s)", SQL.identifier(alias, "account_id"), SQL.identifier(alias, "sales_partner_id"))

    def _kind_of_notice(self, alias):
        """What goes into one notice, as `grp` of the items: an e-mail that became a letter or an upload is still the same mail."""
        channel = SQL.identifier(alias, "channel")
        return SQL("CASE WHEN %s IN ('email', 'letter', 'portal_upload') THEN 'mail' ELSE %s END", channel, channel)

    # ------------------------------------------------------------------
    # Notices
    # ------------------------------------------------------------------

    def _insert_notices(self):
        """One notice per customer and kind of step, at the highest step that its items reached; one per sales partner."""
        self._create_table("collection_run_notice", self._notice_query())
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO collection_notice (id, name, account_id, sales_partner_id, company_id, currency_id, run_id, step_id, channel,
                       date, date_not_before, ready, needs_release, state, recipient_id, recipient_email, lang, amount, attempts,
                       create_uid, create_date, write_uid, write_date)
                SELECT n.id, 'N' || LPAD(n.id::text, 7, '0'), n.account_id, n.sales_partner_id, %(company)s, %(currency)s, %(run)s,
                       n.step_id, n.channel, %(today)s,
                       CASE WHEN n.channel = 'email' THEN GREATEST(%(today)s, n.next_email) ELSE %(today)s END,
                       FALSE, n.needs_release, 'due', n.recipient_id, n.email, n.lang, ROUND(n.asked, %(digits)s), 0, %(stamp)s
                  FROM collection_run_notice n;

                INSERT INTO collection_notice_line (notice_id, %(columns)s, counted)
                SELECT n.id, %(values)s, TRUE
                  FROM collection_run_item i
                  JOIN collection_run_notice n ON n.owner = i.owner AND n.grp = i.grp
                  JOIN account_move m ON m.id = i.move_id
                 WHERE i.reason IS NULL
                """,
                **self._insert_parameters(),
            )
        )

    def _notice_query(self):
        """The run's notices: whom, at which step, and for e-mails the day before which the customer is not written to again."""
        return SQL(
            """
            WITH g AS (
                SELECT owner, grp, NULLIF(GREATEST(owner, 0), 0) AS account_id, MAX(sales_partner_id) AS sales_partner_id,
                       (ARRAY_AGG(step_id ORDER BY step_days DESC))[1] AS step_id,
                       (ARRAY_AGG(channel ORDER BY step_days DESC))[1] AS top_channel,
                       BOOL_OR(needs_release) AS needs_release, MAX(email_days) AS email_days, SUM(asked) AS asked
                  FROM collection_run_item WHERE reason IS NULL
                 GROUP BY owner, grp
            ), last AS (
                SELECT n.account_id, MAX(n.sent_on) AS sent_on
                  FROM collection_notice n
                 WHERE n.company_id = %(company)s AND n.channel = 'email' AND n.state IN ('queued', 'sent')
                   AND n.golive_id IS NULL AND n.sent_on > %(today)s - (SELECT MAX(email_days) FROM g)
                 GROUP BY n.account_id
            )
            SELECT nextval('collection_notice_id_seq')::int4 AS id, g.owner, g.grp, g.account_id, g.sales_partner_id, g.step_id,
                   g.needs_release, g.asked, last.sent_on + g.email_days AS next_email,
                   CASE WHEN paper.yes AND r.postal_id IS NOT NULL THEN r.postal_id
                        ELSE COALESCE(p.recipient_id, r.recipient_id) END AS recipient_id,
                   CASE WHEN paper.yes AND r.postal_id IS NOT NULL THEN r.postal_lang ELSE COALESCE(p.lang, r.lang) END AS lang,
                   CASE WHEN g.grp != 'mail' THEN g.top_channel WHEN r.channel = 'portal_upload' THEN r.channel
                        WHEN paper.yes THEN 'letter' ELSE r.channel END AS channel,
                   -- A notice with an address goes out by e-mail, all others are for people to do.
                   CASE WHEN g.grp = 'sales_partner' AND s.mail_template_id IS NOT NULL THEN p.email
                        WHEN NOT paper.yes THEN r.email END AS email
              FROM g
              JOIN collection_policy_step s ON s.id = g.step_id
              LEFT JOIN collection_run_recipient r ON r.account_id = g.account_id AND g.grp IN ('mail', 'final_demand')
              LEFT JOIN collection_run_partner p ON p.sales_partner_id = g.sales_partner_id
              LEFT JOIN last ON last.account_id = g.account_id
             CROSS JOIN LATERAL (
                   -- Whoever prints a letter for which there is no postal address lets it go by e-mail (`_readdress`).
                   SELECT COALESCE((r.channel = 'letter' OR g.top_channel = 'letter') AND NOT r.no_letters, FALSE) AS yes) paper
            """,
            company=self.company_id.id,
            today=SQL("%s::date", self.company_id._collection_today()),
        )

    def _insert_suppressed(self):
        """One row per item, step and reason, with the first and the last date (SPEC §2)."""
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO collection_notice (id, name, account_id, company_id, currency_id, run_id, step_id, channel, date, ready,
                       needs_release, state, suppress_reason, amount, attempts, create_uid, create_date, write_uid, write_date)
                SELECT g.id, 'N' || LPAD(g.id::text, 7, '0'), g.account_id, %(company)s, %(currency)s, %(run)s, g.step_id, g.channel,
                       %(today)s, FALSE, FALSE, 'suppressed', g.reason, ROUND(g.open, %(digits)s), 0, %(stamp)s
                  FROM (SELECT nextval('collection_notice_id_seq') AS id, z.* FROM (
                            SELECT account_id, step_id, channel, reason, SUM(open) AS open
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
        stamp = SQL("%(uid)s, now() AT TIME ZONE 'UTC', %(uid)s, now() AT TIME ZONE 'UTC'", uid=self.env.uid)
        digits = self.company_id.currency_id.decimal_places
        return {
            "company": self.company_id.id,
            "currency": self.company_id.currency_id.id,
            "run": self.id,
            "today": SQL("%s::date", self.company_id._collection_today()),
            "digits": digits,
            "stamp": stamp,
            "columns": SQL(
                "account_id, move_id, move_line_id, move_name, ref, due_date, currency_id, amount_open, amount_currency, amount,"
                " step_id, step_days, track"
            ),
            "values": SQL(
                "i.account_id, i.move_id, i.line_id, m.name, m.ref, i.due, i.currency_id, i.open_cur, i.asked_cur,"
                " ROUND(i.asked, %s), i.step_id, i.step_days, i.track",
                digits,
            ),
        }
