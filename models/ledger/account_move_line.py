from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL, ormcache


class AccountMoveLine(models.Model):
    _inherit = "account.move.line"

    collection_reserved = fields.Boolean(
        string="Reserved Credit",
        copy=False,
        help="A deposit or retainer: this credit is shown, but it does not reduce what is collected from the customer.",
    )

    # Drafts that still hold matches (a payment reset to draft) are few; without the index the ledger would be scanned for them.
    _collection_unposted_match_idx = models.Index("(id) WHERE parent_state != 'posted' AND matching_number IS NOT NULL")

    # The open items, with all that figures and the aging report sum up: they read this index alone.
    _collection_open_idx = models.Index(
        "(account_id, partner_id) INCLUDE (id, company_id, currency_id, date, date_maturity, amount_residual, amount_residual_currency,"
        " collection_reserved) WHERE reconciled IS NOT TRUE AND parent_state = 'posted' AND amount_residual != 0"
    )

    @api.model
    def _collection_open_domain(self, company):
        """The open items of one or more companies (SPEC §0), debits and credits, each instalment one item.

        :param company: `res.company` records
        :return: a `Domain` on `account.move.line`
        """
        return (
            Domain("company_id", "in", company.ids)
            & Domain("parent_state", "=", "posted")
            & Domain("account_id.account_type", "=", "asset_receivable")
            & Domain("account_id.non_trade", "=", False)
            & Domain("reconciled", "=", False)
            & Domain("amount_residual", "!=", 0)
        )

    @api.model
    @ormcache()
    def _collection_receivable_account_ids(self):
        """Ids of all trade receivable accounts, whatever the company; a tuple, never empty (for SQL)."""
        # Which accounts are receivable is configuration, needed by whoever works on collections.
        accounts = (
            self.env["account.account"]
            .sudo()
            .with_context(active_test=False)
            .search([("account_type", "=", "asset_receivable"), ("non_trade", "=", False)], order="id")
        )
        return tuple(accounts.ids) or (0,)

    @api.model
    def _collection_open_condition(self, alias="l"):
        """The condition of `_collection_open_domain` as SQL on an alias of `account_move_line`, without the companies.

        Written in the words of Odoo's own partial index on unreconciled items, so that the planner finds it.
        """
        line = SQL.identifier(alias)
        return SQL(
            "%(line)s.account_id IN %(accounts)s AND %(line)s.reconciled IS NOT TRUE"
            " AND %(line)s.parent_state = 'posted' AND %(line)s.amount_residual != 0",
            line=line,
            accounts=self._collection_receivable_account_ids(),
        )
