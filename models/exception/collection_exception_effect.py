from collections import defaultdict

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

from .collection_exception import LIVE
from .collection_exception_type import PROTECTIVE


class CollectionException(models.Model):
    """Which exceptions act on what, by sets (SPEC §7). Everything that enforces one asks here."""

    _inherit = "collection.exception"

    # ------------------------------------------------------------------
    # In force today
    # ------------------------------------------------------------------

    @api.model
    def _today_of_companies(self):
        """Business date → ids of the companies in which it is that day. Which companies there are does not depend on the user."""
        companies = self.env["res.company"].sudo().search([])
        return {day: group.ids for day, group in companies.grouped(lambda each: each._collection_today()).items()}

    @api.model
    def _acting_domain(self):
        """Exceptions in force, by each company's own date."""
        in_force = Domain("state", "=", "approved") | (
            Domain("state", "=", "proposed") & Domain("effect", "in", PROTECTIVE)
        )
        return in_force & Domain.OR(
            Domain("company_id", "in", ids)
            & Domain("date_from", "<=", day)
            & (Domain("date_to", "=", False) | Domain("date_to", ">=", day))
            for day, ids in self._today_of_companies().items()
        )

    @api.model
    def _acting_condition(self, alias="e"):
        """`_acting_domain` as SQL on an alias of `collection_exception`."""
        e = SQL.identifier(alias)
        days = SQL(" OR ").join(
            SQL(
                "(%(e)s.company_id IN %(ids)s AND %(e)s.date_from <= %(day)s AND (%(e)s.date_to IS NULL OR %(e)s.date_to >= %(day)s))",
                e=e,
                ids=tuple(ids),
                day=day,
            )
            for day, ids in self._today_of_companies().items()
        )
        return SQL(
            "(%(e)s.state IN %(live)s AND (%(e)s.state = 'approved' OR %(e)s.effect IN %(protective)s) AND (%(days)s))",
            e=e,
            live=LIVE,
            protective=PROTECTIVE,
            days=days,
        )

    # ------------------------------------------------------------------
    # What acts on what
    # ------------------------------------------------------------------

    @api.model
    def _effective_query(self, items, key, condition=None):
        """What acts on each of some accounts or documents: of one effect, the narrowest scope's.

        Portal only, letters only and no letters are one question (by which way to send), so that the narrower answer holds.

        :param items: `SQL` of a query of `account_id, move_id, company_id, customer_id, sales_partner_id`; `move_id` may be NULL
        :param key: `SQL` of the columns among these for which one answer is wanted, e.g. ``account_id, move_id``
        :param condition: `SQL` on the exception `e`
        :return: `SQL` with `account_id, move_id, exception_id, effect, contact_id, days, amount`
        """
        return SQL(
            """
            SELECT DISTINCT ON (%(key)s, slot) account_id, move_id, exception_id, effect, contact_id, days, amount
              FROM (WITH acting AS MATERIALIZED (
                        SELECT e.id AS exception_id, e.scope, e.effect, e.contact_id, e.days, e.amount, e.company_id, e.partner_id,
                               e.move_id AS document_id, e.sales_partner_id AS seller_id,
                               CASE WHEN e.effect IN ('portal_only', 'letters_only', 'no_letters') THEN 'way'
                                    WHEN e.effect = 'never_contact' THEN 'not ' || e.contact_id ELSE e.effect END AS slot
                          FROM collection_exception e WHERE %(acting)s AND (%(condition)s)
                    ), item AS (
                        -- Of many items few are concerned.
                        SELECT x.* FROM (%(items)s) x
                         WHERE x.customer_id IN (SELECT partner_id FROM acting WHERE partner_id IS NOT NULL)
                            OR x.sales_partner_id IN (SELECT seller_id FROM acting WHERE seller_id IS NOT NULL))
                    SELECT item.*, acting.*, 1 AS rank FROM item JOIN acting ON acting.document_id = item.move_id
                     UNION ALL
                    SELECT item.*, acting.*, 2 FROM item JOIN acting ON acting.scope = 'customer'
                           AND acting.partner_id = item.customer_id AND acting.company_id = item.company_id
                     UNION ALL
                    SELECT item.*, acting.*, 3 FROM item JOIN acting ON acting.scope = 'sales_partner'
                           AND acting.seller_id = item.sales_partner_id AND acting.company_id = item.company_id
                   ) hit (account_id, move_id, item_company_id, customer_id, sales_partner_id, exception_id, scope, effect, contact_id,
                          days, amount, company_id, partner_id, document_id, seller_id, slot, rank)
             ORDER BY %(key)s, slot, rank, effect = 'portal_only' DESC, exception_id DESC
            """,
            items=items,
            key=key,
            acting=self._acting_condition("e"),
            condition=condition or SQL("TRUE"),
        )

    @api.model
    def _account_items(self, account_ids):
        """Accounts as items of `_effective_query`, without documents.

        :param account_ids: `SQL` of a query of account ids
        """
        return SQL(
            """SELECT a.id AS account_id, NULL::int4 AS move_id, a.company_id, a.partner_id AS customer_id,
                      p.collection_sales_partner_id AS sales_partner_id
                 FROM collection_account a JOIN res_partner p ON p.id = a.partner_id WHERE a.id IN (%s)""",
            account_ids,
        )

    @api.model
    def _effects_of_accounts(self, accounts):
        """What acts on each account: dict of account to dict of effect to the exception (of `never_contact`: exceptions).

        What acts on single documents alone is left out. Exceptions bind everybody, whether the user may read them or not.
        """
        if not accounts.ids:
            return {}
        items = self._account_items(SQL("SELECT unnest(%s)", list(accounts.ids)))
        return self._read_effects(items, SQL("account_id"), accounts)

    @api.model
    def _effects_of_moves(self, moves):
        """As `_effects_of_accounts`, for documents: dict of move to dict of effect to exceptions."""
        if not moves.ids:
            return {}
        items = SQL(
            """SELECT NULL::int4 AS account_id, m.id AS move_id, m.company_id, m.commercial_partner_id AS customer_id,
                      p.collection_sales_partner_id AS sales_partner_id
                 FROM account_move m JOIN res_partner p ON p.id = m.commercial_partner_id WHERE m.id IN %s""",
            tuple(moves.ids),
        )
        return self._read_effects(items, SQL("move_id"), moves)

    @api.model
    def _read_effects(self, items, key, records):
        self.env["collection.exception"].flush_model()
        self.env["res.partner"].flush_model(["collection_sales_partner_id"])
        if records._name == "account.move":
            records.flush_model(["commercial_partner_id"])
        found = defaultdict(dict)
        rows = self.env.execute_query_dict(self._effective_query(items, key))
        # Read together, whoever may see them.
        exceptions = self.sudo().browse(row["exception_id"] for row in rows)
        for row in rows:
            effects = found[records.browse(row["move_id"] or row["account_id"])]
            together = effects.get(row["effect"], exceptions.browse()) | exceptions.browse(row["exception_id"])
            effects[row["effect"]] = together.with_prefetch(exceptions.ids)
        return dict(found)

    @api.model
    def _acting_on(self, accounts):
        """All exceptions in force that people who work these accounts must know, also those of single open documents.

        :return: dict of account to exceptions, the narrowest scope first
        """
        if not accounts.ids:
            return {}
        self.env["collection.exception"].flush_model()
        self.env["res.partner"].flush_model(["collection_sales_partner_id"])
        rows = self.env.execute_query(
            SQL(
                """
                SELECT q.account_id, q.id FROM (
                    SELECT e.account_id, e.id, e.scope FROM collection_exception e LEFT JOIN account_move m ON m.id = e.move_id
                     WHERE e.account_id IN %(ids)s AND (m.id IS NULL OR m.amount_residual != 0) AND %(acting)s
                     UNION ALL
                    SELECT a.id, e.id, e.scope FROM collection_exception e
                      JOIN res_partner p ON p.collection_sales_partner_id = e.sales_partner_id
                      JOIN collection_account a ON a.partner_id = p.id AND a.company_id = e.company_id
                     WHERE a.id IN %(ids)s AND %(acting)s) q
                 ORDER BY q.scope = 'invoice', q.scope = 'sales_partner', q.id
                """,
                ids=tuple(accounts.ids),
                acting=self._acting_condition("e"),
            )
        )
        found = defaultdict(self.sudo().browse)
        for account_id, exception_id in rows:
            found[accounts.browse(account_id)] |= self.sudo().browse(exception_id)
        together = [exception_id for _account, exception_id in rows]
        return {account: exceptions.with_prefetch(together) for account, exceptions in found.items()}

    def _banner(self):
        """These exceptions as HTML for whoever works the account; nothing where there are none."""
        if not self:
            return False
        return self.env["ir.qweb"]._render("account_collections.exception_banner", {"exceptions": self})
