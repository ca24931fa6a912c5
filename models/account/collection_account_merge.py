from odoo import api, models
from odoo.tools import SQL

# What a person entered on an account and the joined account would otherwise lack.
_INHERITED = (
    "collector_id",
    "next_action",
    "next_action_date",
    "next_action_time",
    "status_override",
    "status_override_reason",
    "status_override_until",
)

# Records that name an account by model and id.
_DOCUMENTS = {"mail.message": "model", "mail.activity": "res_model", "ir.attachment": "res_model"}


class CollectionAccount(models.Model):
    """Joining the accounts of customers who are merged. Our rows refuse to be edited or deleted, so this is done by SQL."""

    _inherit = "collection.account"

    @api.model
    def _merge_customers(self, sources, target):
        """Move everything that hangs on the accounts of `sources` (partners) to the account of `target` in the same company.

        An account whose company has none for the target simply changes its customer.
        """
        self.env.flush_all()
        standing = self.search([("partner_id", "=", target.id)]).grouped("company_id")
        for account in self.search([("partner_id", "in", sources.ids)]):
            kept = standing.setdefault(account.company_id, account)
            if kept == account:
                account._unguarded().partner_id = target
            else:
                account._join(kept)
        self.env.flush_all()
        self.env.invalidate_all()

    def _join(self, kept):
        """Give all that belongs to this account to another one, and remove it."""
        values = {name: self[name] for name in _INHERITED if self[name] and not kept[name]}
        if self.note:
            values["note"] = (kept.note or "") + self.note
        kept._unguarded().write(values)
        kept._message_log(
            body=self.env._(
                "Joined with account %(number)s of %(customer)s.", number=self.name, customer=self.display_name
            )
        )
        self.env.flush_all()
        self._repoint(kept)
        self.env["mail.followers"].search([("res_model", "=", self._name), ("res_id", "=", self.id)]).unlink()
        self.env.cr.execute(SQL("DELETE FROM collection_account WHERE id = %s", self.id))

    def _repoint(self, kept):
        """Point every foreign key and document of this account to another."""
        ids = {"old": self.id, "new": kept.id}
        for table, column in self.env["base.partner.merge.automatic.wizard"]._get_fk_on(self._table):
            names = {"table": SQL.identifier(table), "column": SQL.identifier(column)}
            others = self.env.execute_query(
                SQL(
                    "SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped AND attname != %s",
                    table,
                    column,
                )
            )
            if len(others) == 1:
                # A relation: pairs that the other account has already go.
                names["other"] = SQL.identifier(others[0][0])
                self.env.cr.execute(
                    SQL(
                        "DELETE FROM %(table)s WHERE %(column)s = %(old)s"
                        " AND %(other)s IN (SELECT %(other)s FROM %(table)s WHERE %(column)s = %(new)s)",
                        **names,
                        **ids,
                    )
                )
                names.pop("other")
            self.env.cr.execute(
                SQL("UPDATE %(table)s SET %(column)s = %(new)s WHERE %(column)s = %(old)s", **names, **ids)
            )
        for model, field in _DOCUMENTS.items():
            self.env.cr.execute(
                SQL(
                    "UPDATE %(table)s SET res_id = %(new)s WHERE %(field)s = %(model)s AND res_id = %(old)s",
                    table=SQL.identifier(self.env[model]._table),
                    field=SQL.identifier(field),
                    model=self._name,
                    **ids,
                )
            )
