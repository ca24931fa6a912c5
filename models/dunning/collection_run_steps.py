from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

# Later than any step: the end of the last step's range.
FOREVER = 1_000_000


class CollectionRun(models.Model):
    """Which step each item that is asked for has come to, and where it is left out, why (SPEC §2 "Which step")."""

    _inherit = "collection.run"

    # ------------------------------------------------------------------
    # Configuration as SQL
    # ------------------------------------------------------------------

    @api.model
    def _policies_in_use(self, company):
        """The policies that an item of the company may be under (SPEC §2): its invoice's, its account's, its sales partner's, that
        of a tag of its customer, the company's; of each the version that is valid on the business date.
        """

        def chosen(model, name, domain):
            # Which policy somebody chose is configuration, whoever makes the run.
            groups = (
                self.env[model]
                .sudo()
                .with_context(active_test=False)
                ._read_group(domain & Domain(name, "!=", False), [name])
            )
            return self.env["collection.policy"].union(*(policy for (policy,) in groups))

        own = Domain("company_id", "=", company.id)
        used = company.collection_policy_id | chosen("collection.account", "policy_id", own)
        others = chosen("account.move", "collection_policy_id", own) | chosen(
            "res.partner", "collection_policy_id", Domain.TRUE
        )
        others |= others.sudo().search([("tag_ids", "!=", False)])
        used |= others.filtered(
            lambda policy: policy.active and policy.company_id in (company, policy.company_id.browse())
        )
        return used._valid_on(company._collection_today())

    @api.model
    def _version_rows(self, company):
        """One SQL row per version of the policies in use: its id and that of the version which is valid today."""
        return SQL(", ").join(
            SQL("(%s, %s)", version.id, policy.id)
            for policy in self._policies_in_use(company)
            for version in policy._family()
        )

    @api.model
    def _chosen_joins(self):
        """Joins on the account `a` and the item `i` that give the policies which were chosen for them, as far as these are in use."""
        return SQL(
            """
            LEFT JOIN account_move own_move ON own_move.id = i.move_id AND own_move.collection_policy_id IS NOT NULL
                  AND own_move.collection_policy_id IN (SELECT chosen_id FROM version)
            LEFT JOIN res_partner seller ON seller.id = a.sales_partner_id AND seller.collection_policy_id IS NOT NULL
                  AND seller.collection_policy_id IN (SELECT chosen_id FROM version)
            LEFT JOIN (SELECT c.partner_id, MIN(t.collection_policy_id) AS policy_id
                         FROM collection_policy_res_partner_category_rel t
                         JOIN res_partner_res_partner_category_rel c ON c.category_id = t.res_partner_category_id
                        WHERE t.collection_policy_id IN (SELECT policy_id FROM policy)
                        GROUP BY c.partner_id) tagged ON tagged.partner_id = a.partner_id
            """
        )

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
    # Which step
    # ------------------------------------------------------------------

    @api.model
    def _past_query(self, company):
        """What each item of `collection_run_asked` went through on each track.

        `days`: the last step that it reached, also where the notice failed or came back; `past_due`: a notice after the due date
        went out, and `noticed` when the last one did; `delivered`: when the first one in writing was sent and did not come back (what
        was imported at go-live counts from the import); `demanded_by`: the deadline of a final demand that went out.
        """
        return SQL(
            """
            SELECT nl.account_id, nl.move_id, nl.due_date, nl.currency_id, nl.track, MAX(nl.step_days) AS days,
                   MAX(COALESCE(n.sent_on, n.date)) FILTER (WHERE n.state != 'failed') AS last_date,
                   BOOL_OR(nl.step_days > 0 AND n.state IN ('queued', 'sent')) AS past_due,
                   MAX(n.sent_on) FILTER (WHERE nl.step_days > 0 AND n.state IN ('queued', 'sent')) AS noticed,
                   MIN(CASE WHEN n.golive_id IS NULL THEN n.sent_on ELSE n.date END) FILTER (
                       WHERE nl.step_days > 0 AND n.state = 'sent' AND n.channel != 'call') AS delivered,
                   MAX(n.deadline) FILTER (WHERE n.channel = 'final_demand' AND n.state IN ('queued', 'sent')) AS demanded_by
              FROM collection_run_asked i
              JOIN collection_notice_line nl ON (nl.account_id, nl.move_id, nl.due_date, nl.currency_id)
                                              = (i.account_id, i.move_id, i.due, i.currency_id) AND nl.counted
              JOIN collection_notice n ON n.id = nl.notice_id AND n.state IN ('queued', 'sent', 'failed', 'bounced')
             WHERE n.company_id = %s
             GROUP BY nl.account_id, nl.move_id, nl.due_date, nl.currency_id, nl.track
            """,
            company.id,
        )

    @api.model
    def _item_query(self, company):
        """Every item of `collection_run_asked` that has come to a step, one row per item and track.

        :return: `SQL` with the item's key and amounts, `step_id`, `step_days`, `track`, `channel` and `grp` (what goes into one notice),
            `asked_cur` and `asked` (open less holds and credits), `reason` (why it is left out, or NULL)
        """
        return SQL(
            """
            WITH policy (policy_id, cap_days, min_days, email_days, rested_day, final_days, final_notice_days, quiet) AS (
                VALUES %(policies)s
            ),
            version (chosen_id, policy_id) AS (VALUES %(versions)s),
            step (policy_id, track, step_id, days, next_days, channel, grp, min_amount, needs_release) AS (VALUES %(steps)s),
            track AS (SELECT policy_id, track, MIN(days) AS min_days FROM step GROUP BY policy_id, track),
            at AS (
                SELECT i.*, %(today)s - i.due AS days, t.track,
                       p.policy_id, p.cap_days, p.min_days, p.email_days, p.rested_day, p.final_days, p.final_notice_days, p.quiet,
                       COALESCE(grace.days, 0) AS grace, t.min_days AS track_days,
                       t.track = 'sales_partner' AND told.exception_id IS NOT NULL AND %(today)s > i.due AS told_first,
                       own.days AS last_days, own.last_date, COALESCE(main.past_due, FALSE) AS past_due, main.delivered,
                       t.track = 'customer' AND i.ended IS NOT NULL AND (own.last_date IS NULL OR i.ended >= own.last_date) AS resumes
                  FROM collection_run_asked i
                  JOIN collection_account a ON a.id = i.account_id
                  %(chosen)s
                  JOIN version v ON v.chosen_id = COALESCE(
                      own_move.collection_policy_id, a.policy_id, seller.collection_policy_id, tagged.policy_id, %(default)s)
                  JOIN policy p ON p.policy_id = v.policy_id
                  LEFT JOIN collection_run_exception grace ON grace.account_id = i.account_id AND grace.move_id = i.move_id
                        AND grace.effect = 'grace'
                  LEFT JOIN collection_run_exception told ON told.account_id = i.account_id AND told.move_id = i.move_id
                        AND told.effect = 'partner_first'
                  JOIN track t ON t.policy_id = p.policy_id AND (t.min_days <= %(today)s - i.due
                        OR (t.track = 'sales_partner' AND told.exception_id IS NOT NULL AND %(today)s > i.due))
                  LEFT JOIN collection_run_past own ON (own.account_id, own.move_id, own.due_date, own.currency_id, own.track)
                                      = (i.account_id, i.move_id, i.due, i.currency_id, t.track)
                  LEFT JOIN collection_run_past main ON (main.account_id, main.move_id, main.due_date, main.currency_id, main.track)
                                       = (i.account_id, i.move_id, i.due, i.currency_id, 'customer')
                 -- Graver steps come after a notice that the customer had time to answer.
                 WHERE (t.track IN ('customer', 'sales_partner') OR main.noticed <= %(today)s - p.min_days)
                   -- Nobody is considered for an agency whose final demand has not run out.
                   AND (t.track != 'placement_review' OR main.demanded_by < %(today)s)
            ), reach AS MATERIALIZED (
                -- How far the item may go: not above the highest first step, nor to a final demand without an earlier notice,
                -- nor beyond the next step when a hold has ended.
                SELECT at.*, LEAST(
                           CASE WHEN track IN ('customer', 'sales_partner') AND NOT past_due THEN cap_days END,
                           CASE WHEN track = 'customer' AND (delivered IS NULL OR delivered > %(today)s - final_notice_days)
                                THEN final_days - 1 END,
                           CASE WHEN resumes THEN (
                                SELECT MIN(s.days) FROM step s WHERE s.policy_id = at.policy_id AND s.track = at.track
                                   AND s.days > COALESCE(at.last_days, -%(forever)s) AND (s.days > 0 OR at.days <= 0)) END
                       ) AS may_reach
                  FROM at
            ), graced AS NOT MATERIALIZED (
                -- Extra days of grace put off what comes after the due date. A partner who is to know first is told the day after it.
                SELECT r.*, LEAST(r.days, r.may_reach) AS full_days,
                       CASE WHEN r.told_first THEN GREATEST(r.days, r.track_days)
                            ELSE LEAST(CASE WHEN r.days > 0 THEN GREATEST(r.days - r.grace, 0) ELSE r.days END, r.may_reach)
                       END AS reach_days
                  FROM reach r
            ), reached AS (
                SELECT g.*, FALSE AS early FROM graced g
                 UNION ALL
                -- What only the grace keeps back: the step to which the item would have come.
                SELECT g.*, TRUE FROM graced g WHERE g.grace > 0 AND g.days > 0 AND g.full_days > g.reach_days
            )
            SELECT r.account_id, r.move_id, r.line_id, r.due, r.days, r.currency_id,
                   r.open, r.open_cur, r.asked_cur, r.asked, s.step_id, s.days AS step_days, s.track, s.channel, s.grp, s.min_amount,
                   s.needs_release, r.email_days,
                   CASE WHEN r.reason IS NOT NULL THEN r.reason
                        WHEN r.quiet THEN 'quiet_days'
                        WHEN r.track = 'customer' AND r.last_date > %(today)s - r.min_days THEN 'too_soon'
                        WHEN r.ended > r.rested_day THEN 'after_hold'
                        WHEN r.early THEN 'grace'
                   END AS reason
              FROM reached r
              JOIN step s ON s.policy_id = r.policy_id AND s.track = r.track
                         AND s.days <= CASE WHEN r.early THEN r.full_days ELSE r.reach_days END
                         AND CASE WHEN r.early THEN r.full_days ELSE r.reach_days END < s.next_days
                         AND (NOT r.early OR s.days > r.reach_days)
             WHERE s.days > COALESCE(r.last_days, -%(forever)s) AND (s.days > 0 OR r.days <= 0)
            """,
            policies=self._policy_rows(company),
            versions=self._version_rows(company),
            steps=self._step_rows(company),
            chosen=self._chosen_joins(),
            default=company.collection_policy_id.id,
            today=SQL("%s::date", company._collection_today()),
            forever=FOREVER,
        )
