import logging
import random
import time

from psycopg2 import errors as pgerrors

from odoo import SUPERUSER_ID, api, fields, models
from odoo.tools import SQL

from .collection_account_refresh import BATCH

_logger = logging.getLogger(__name__)

_KEY = "account_collections.touched"
_ATTEMPTS = 3
_WATERMARK = "account_collections.refreshed_until"


class CollectionAccount(models.Model):
    """Who must be refreshed, and when: after the commit of the transaction that touched the ledger, else by the hourly job."""

    _inherit = "collection.account"

    # ------------------------------------------------------------------
    # Touching
    # ------------------------------------------------------------------

    @api.model
    def _touch(self, *, lines=(), moves=(), accounts=(), pairs=()):
        """Remember whose figures this transaction may change; nothing is written here.

        :param lines: ids of journal items
        :param moves: ids of journal entries
        :param accounts: ids of collection accounts
        :param pairs: (commercial partner id or 0, company id) tuples
        """
        postcommit = self.env.cr.postcommit
        if _KEY not in postcommit.data:
            postcommit.data[_KEY] = {"lines": set(), "moves": set(), "accounts": set(), "pairs": set(), "all": False}
            postcommit.add(lambda: _after_commit(self.env.registry, postcommit.data.get(_KEY)))
        data = postcommit.data[_KEY]
        data["lines"].update(lines)
        data["moves"].update(moves)
        data["accounts"].update(accounts)
        data["pairs"].update(pairs)

    @api.model
    def _touch_partners(self, partners):
        """The customers' accounts in every company where they have one or may get one."""
        companies = self.env["res.company"].sudo().search([])
        self._touch(pairs={(partner.id, company.id) for partner in partners for company in companies})

    @api.model
    def _touch_everything(self):
        """Figures of all accounts are out of date (a rule or a kind of account changed): the next hourly job renews them."""
        self.env.cr.execute("UPDATE collection_account SET figures_date = NULL WHERE figures_date IS NOT NULL")
        cron = self.env.ref("account_collections.ir_cron_refresh", raise_if_not_found=False)
        if cron:
            # Whoever may change a rule need not have a right on scheduled actions.
            cron.sudo()._trigger()

    @api.model
    def _refresh_touched(self):
        """Refresh what the current transaction touched, in that transaction. For tests and shells.

        :return: the accounts that were looked at
        """
        data = self.env.cr.postcommit.data.get(_KEY)
        if not data:
            return self.browse()
        accounts = self.sudo()._resolve_touched(data)
        for key in ("lines", "moves", "accounts", "pairs"):
            data[key].clear()
        accounts._refresh()
        return accounts.with_env(self.env)

    @api.model
    def _resolve_touched(self, data):
        """The accounts of touched ids; missing ones are made."""
        self.env.flush_all()
        pairs = set(data["pairs"])
        if data["lines"] or data["moves"]:
            pairs.update(
                self.env.execute_query(
                    SQL(
                        """SELECT DISTINCT COALESCE(p.commercial_partner_id, 0), l.company_id
                             FROM account_move_line l LEFT JOIN res_partner p ON p.id = l.partner_id
                            WHERE (l.id IN %(lines)s OR l.move_id IN %(moves)s) AND l.account_id IN %(accounts)s""",
                        lines=tuple(data["lines"]) or (0,),
                        moves=tuple(data["moves"]) or (0,),
                        accounts=self.env["account.move.line"]._collection_receivable_account_ids(),
                    )
                )
            )
        if not pairs:
            return self.browse(data["accounts"]).exists()
        self._insert_missing(pairs)
        rows = self.env.execute_query(
            SQL(
                "SELECT id FROM collection_account WHERE (COALESCE(partner_id, 0), company_id) IN %s", tuple(pairs)
            )
        )
        return self.browse({row[0] for row in rows} | set(data["accounts"])).exists()

    @api.model
    def _insert_missing(self, pairs=None):
        """Make the accounts of customers with open items who have none, or of all `pairs` that have items at all.

        Rows are inserted by SQL: every column without a default that must not be empty is set here.
        """
        Line = self.env["account.move.line"]
        scope = SQL("TRUE")
        if pairs is not None:
            scope = SQL("(COALESCE(p.commercial_partner_id, 0), l.company_id) IN %s", tuple(pairs))
            source = SQL(
                "SELECT DISTINCT NULLIF(v.partner_id, 0), v.company_id FROM (VALUES %s) v (partner_id, company_id)"
                " WHERE EXISTS (SELECT 1 FROM account_move_line l JOIN res_partner p ON p.id = l.partner_id"
                " WHERE p.commercial_partner_id = v.partner_id AND l.company_id = v.company_id"
                " AND l.account_id IN %s AND l.parent_state = 'posted')"
                " OR v.partner_id = 0 AND EXISTS (SELECT 1 FROM account_move_line l"
                " WHERE l.partner_id IS NULL AND l.company_id = v.company_id AND %s)",
                SQL(", ").join(SQL("(%s, %s)", *pair) for pair in sorted(pairs)),
                Line._collection_receivable_account_ids(),
                Line._collection_open_condition("l"),
            )
        else:
            source = SQL(
                "SELECT DISTINCT p.commercial_partner_id, l.company_id FROM account_move_line l"
                " LEFT JOIN res_partner p ON p.id = l.partner_id WHERE %s AND %s",
                Line._collection_open_condition("l"),
                scope,
            )
        self.env.execute_query(
            SQL(
                """
                WITH missing (partner_id, company_id) AS (%(source)s), numbered AS (
                    SELECT nextval('collection_account_id_seq') AS id, m.partner_id, m.company_id, c.currency_id
                      FROM missing m JOIN res_company c ON c.id = m.company_id
                     WHERE NOT EXISTS (SELECT 1 FROM collection_account a WHERE a.company_id = m.company_id
                                          AND COALESCE(a.partner_id, 0) = COALESCE(m.partner_id, 0))
                )
                INSERT INTO collection_account (id, name, partner_id, company_id, currency_id, status, priority, on_worklist,
                                                create_uid, create_date, write_uid, write_date)
                SELECT id, 'A' || LPAD(id::text, 6, '0'), partner_id, company_id, currency_id, 'good', 0, FALSE,
                       %(uid)s, now() AT TIME ZONE 'UTC', %(uid)s, now() AT TIME ZONE 'UTC'
                  FROM numbered
                ON CONFLICT DO NOTHING RETURNING id
                """,
                source=source,
                uid=self.env.uid,
            )
        )

    # ------------------------------------------------------------------
    # The hourly job
    # ------------------------------------------------------------------

    @api.model
    def _cron_refresh(self):
        """Renew what lost callbacks left behind, then every company whose business date has changed, in batches."""
        Cron = self.env["ir.cron"]
        self._insert_missing()
        self._refresh_changed_since_last_time()
        Cron._commit_progress(0)
        for company in self.env["res.company"].search([]):
            stale = [
                ("company_id", "=", company.id),
                "|",
                ("figures_date", "=", False),
                ("figures_date", "!=", company._collection_today()),
            ]
            remaining = self.search_count(stale)
            Cron._commit_progress(0, remaining=remaining)
            while accounts := self.search(stale, order="id", limit=BATCH):
                accounts._refresh()
                accounts._refresh_behaviour()
                if not Cron._commit_progress(len(accounts)):
                    return

    @api.model
    def _refresh_changed_since_last_time(self):
        """Accounts whose entries were written since the last job: a callback that was lost after its commit is caught up here."""
        Parameter = self.env["ir.config_parameter"].sudo()
        since = Parameter.get_param(_WATERMARK)
        now = fields.Datetime.to_string(fields.Datetime.now())
        if since:
            moves = self.env.execute_query(
                SQL("SELECT id FROM account_move WHERE write_date >= %s::timestamp - interval '10 minutes'", since)
            )
            lines = self.env.execute_query(
                SQL(
                    "SELECT unnest(ARRAY[debit_move_id, credit_move_id]) FROM account_partial_reconcile"
                    " WHERE create_date >= %s::timestamp - interval '10 minutes'",
                    since,
                )
            )
            data = {"moves": {row[0] for row in moves}, "lines": {row[0] for row in lines}, "accounts": set(), "pairs": set()}
            self._resolve_touched(data)._refresh()
        Parameter.set_param(_WATERMARK, now)


def _after_commit(registry, data):
    """Refresh the touched accounts on a cursor of its own; give up after a few conflicts, the hourly job catches up."""
    if not data:
        return
    for attempt in range(_ATTEMPTS):
        try:
            with registry.cursor() as cr:
                accounts = api.Environment(cr, SUPERUSER_ID, {})["collection.account"]
                accounts._resolve_touched(data)._refresh()
            return
        except pgerrors.OperationalError:
            time.sleep(random.uniform(0.0, 0.05) * (attempt + 1))
        except Exception:
            # The user's transaction is committed already: a failure here must not look like a failure of what they did.
            _logger.exception("Collection figures were not refreshed; the hourly job will do it")
            return
    _logger.info("Collection figures are locked by others; the hourly job will refresh them")
