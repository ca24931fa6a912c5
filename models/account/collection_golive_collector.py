from odoo import api, models

from .collection_golive_kind import Column


class CollectionGoliveCollector(models.AbstractModel):
    _name = "collection.golive.collector"
    _description = "Collectors"
    _inherit = ["collection.golive.kind"]

    @api.model
    def _title(self):
        return self.env._("Collectors of accounts")

    @api.model
    def _columns(self):
        _ = self.env._
        return [
            Column("customer", _("Customer"), required=True, examples=("A000012", "Blue Ridge Tools")),
            Column("collector", _("Collector"), required=True, examples=("maria@example.com", "john")),
        ]

    @api.model
    def _row_keys(self, row):
        return [row.found["account_id"]]

    @api.model
    def _resolve(self, rows, company):
        """Collectors are named by their login."""
        self._find_accounts(rows, company)
        logins = {row.values["collector"].casefold() for row in rows}
        # A manager need not see every user's rights.
        users = self.env["res.users"].sudo().with_context(active_test=False).search([("login", "in", list(logins))])
        found = {user.login.casefold(): user for user in users}
        group = self.env.ref("account_collections.group_collector")
        able = {user: group in user.all_group_ids for user in users}
        for row in rows:
            user = found.get(row.values["collector"].casefold())
            if not user or not user.active:
                row.refuse("collector", self.env._("No active user has the login “%s”.", row.values["collector"]))
            elif not able[user]:
                row.refuse("collector", self.env._("%s has no access to Collections.", user.name))
            elif company not in user.company_ids:
                row.refuse(
                    "collector",
                    self.env._("%(user)s does not work in %(company)s.", user=user.name, company=company.name),
                )
            else:
                row.found["user"] = user

    @api.model
    def _compare(self, rows, company):
        accounts = self.env["collection.account"].sudo().browse(row.found["account_id"] for row in rows)
        for row, account in zip(rows, accounts):
            if account.collector_id == row.found["user"]:
                row.is_new = False
            elif account.collector_id:
                row.warn("collector", self.env._("Replaces %s.", account.collector_id.name))

    @api.model
    def _import(self, rows, golive):
        chosen = {}
        for row in rows:
            chosen.setdefault(row.found["user"], set()).add(row.found["account_id"])
        for user, accounts in chosen.items():
            self.env["collection.account"].browse(accounts).write({"collector_id": user.id})
