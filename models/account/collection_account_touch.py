import logging
import random
import time

from psycopg2 import errors as pgerrors
from psycopg2.extensions import TRANSACTION_STATUS_IDLE

from odoo import SUPERUSER_ID, api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL
from odoo.tools.sql import table_exists

from .collection_account_refresh import BATCH

_logger = logging.getLogger(__name__)

_KEY = "account_collections.touched"
_KINDS = ("lines", "moves", "accounts", "pairs", "partners")
_ATTEMPTS = 3
_WATERMARK = "account_collections.refreshed_until"


class CollectionAccount(models.Model):
    """Who must be refreshed, and when: after the commit of the transaction that touched the ledger, else by the hourly job."""

    _inherit = "collection.account"

    # ------------------------------------------------------------------
    # Touching
    # ------------------------------------------------------------------

    @api.model
    def _touch(self, *, lines=(), moves=(), accounts=(), pairs=(), partners=()):
        """Remember whose figures this transaction may change; nothing is read or written here.

        :param lines: ids of journal items
        :param moves: ids of journal entries
        :param accounts: ids of collection accounts
        :param pairs: (commercial partner id or 0, company id) tuples
        :param partners: ids of commercial partners, in whatever company
        """
        postcommit = self.env.cr.postcommit
        if _KEY not in postcommit.data:
            postcommit.data[_KEY] = {kind: set() for kind in _KINDS}
            registry = self.env.registry
            postcommit.add(lambda: _after_commit(registry, postcommit.data[_KEY]))
        for kind, ids in zip(_KINDS, (lines, moves, accounts, pairs, partners)):
            postcommit.data[_KEY][kind].update(ids)

    @api.model
    def _touch_everything(self):
        """Figures of all accounts are out of date (a rule, a limit or a kind of account changed): the next job, due now, renews them."""
        self._touch()
        self.env.cr.postcommit.data[_KEY]["everything"] = True
        self._set_watermark(None)
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
        if data.pop("everything", False):
            accounts = self.sudo().search([])
        for kind in _KINDS:
            data[kind].clear()
        accounts._refresh()
        return accounts.with_env(self.env)

    # ------------------------------------------------------------------
    # The hourly job
    # ------------------------------------------------------------------

    @api.model
    def _cron_refresh(self):
        """Renew what lost callbacks left behind, then every company whose business date has changed, in batches."""
        Cron = self.env["ir.cron"]
        Cron._commit_progress(0)
        _read_committed(self.env.cr)
        self._insert_missing()
        self._refresh_changed_since_last_time()
        stale = Domain.OR(
            Domain("company_id", "=", company.id)
            & (Domain("figures_date", "=", False) | Domain("figures_date", "!=", company._collection_today()))
            for company in self.env["res.company"].search([])
        )
        left = Cron._commit_progress(0, remaining=self.search_count(stale))
        while left:
            _read_committed(self.env.cr)
            accounts = self.search(stale, order="id", limit=BATCH)
            if not accounts:
                break
            accounts._refresh_behaviour()
            accounts._refresh()
            accounts._derive_stages()
            left = Cron._commit_progress(len(accounts))

    @api.model
    def _refresh_changed_since_last_time(self):
        """Accounts whose entries or holds were written since the last job: a callback that was lost after its commit is caught up.

        No last time (the first job, or everything is out of date): all accounts are marked for renewal.
        """
        now = fields.Datetime.to_string(fields.Datetime.now())
        since = self.env.execute_query(
            SQL("SELECT NULLIF(value, '') FROM ir_config_parameter WHERE key = %s", _WATERMARK)
        )
        if since and since[0][0]:
            # Rows carry the time at which their transaction began.
            after = SQL(">= %s::timestamp - interval '1 hour'", since[0][0])
            data = {kind: set() for kind in _KINDS}
            for kind, query in (
                ("moves", "SELECT id FROM account_move WHERE write_date %s"),
                (
                    "lines",
                    "SELECT unnest(ARRAY[debit_move_id, credit_move_id]) FROM account_partial_reconcile WHERE create_date %s",
                ),
                ("accounts", "SELECT account_id FROM collection_hold WHERE write_date %s"),
            ):
                data[kind] = {row[0] for row in self.env.execute_query(SQL(query, after))}
            self._resolve_touched(data)._refresh()
        else:
            self.env.cr.execute("UPDATE collection_account SET figures_date = NULL WHERE figures_date IS NOT NULL")
            self.invalidate_model(["figures_date"], flush=False)
        self._set_watermark(now)

    @api.model
    def _set_watermark(self, moment):
        """Until when the job has caught up; nothing: from the beginning. By SQL, since the ORM would clear everybody's caches."""
        self.env.cr.execute(
            SQL(
                "INSERT INTO ir_config_parameter (key, value) VALUES (%s, %s) ON CONFLICT (key) DO UPDATE SET value = EXCLUDED.value",
                _WATERMARK,
                moment or "",
            )
        )


def _read_committed(cr):
    """Let each statement of the transaction that now begins see what others have committed before it.

    Of two refreshes that wait for one account, the later then computes from the newest ledger, whichever began first; and
    none fails because another was quicker. In a transaction that has begun already (tests) nothing changes.
    """
    if cr.connection.info.transaction_status == TRANSACTION_STATUS_IDLE:
        cr.execute("SET TRANSACTION ISOLATION LEVEL READ COMMITTED")


def _after_commit(registry, data):
    """Refresh the touched accounts on a cursor of its own; give up after a few conflicts, the hourly job catches up."""
    for attempt in range(_ATTEMPTS):
        try:
            with registry.cursor() as cr:
                _read_committed(cr)
                if not table_exists(cr, "collection_account"):
                    return  # the add-on was uninstalled by that very transaction
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
