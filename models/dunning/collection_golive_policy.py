from odoo import api, models

from ..account.collection_golive_kind import Column


class CollectionGolivePolicy(models.AbstractModel):
    _name = "collection.golive.policy"
    _description = "Policies"
    _inherit = ["collection.golive.kind"]

    @api.model
    def _title(self):
        return self.env._("Dunning policies of accounts")

    @api.model
    def _columns(self):
        _ = self.env._
        return [
            Column("customer", _("Customer"), required=True, examples=("A000012", "Blue Ridge Tools")),
            Column("policy", _("Policy"), required=True, examples=("Standard", "Key accounts")),
        ]

    @api.model
    def _row_keys(self, row):
        return [row.found["account_id"]]

    @api.model
    def _resolve(self, rows, company):
        self._find_accounts(rows, company)
        found = {}
        domain = [("company_id", "in", (False, company.id)), ("first_id", "=", False)]
        for policy in self.env["collection.policy"].search(domain):
            found.setdefault(policy.name.casefold(), []).append(policy)
        for row in rows:
            policies = found.get(row.values["policy"].casefold(), [])
            if len(policies) == 1:
                row.found["policy"] = policies[0]
            elif policies:
                row.refuse("policy", self.env._("More than one policy is called “%s”.", row.values["policy"]))
            else:
                row.refuse("policy", self.env._("No policy of this company is called “%s”.", row.values["policy"]))

    @api.model
    def _compare(self, rows, company):
        accounts = self.env["collection.account"].sudo().browse(row.found["account_id"] for row in rows)
        for row, account in zip(rows, accounts):
            if account.policy_id == row.found["policy"]:
                row.is_new = False
            elif account.policy_id:
                row.warn("policy", self.env._("Replaces %s.", account.policy_id.name))

    @api.model
    def _import(self, rows, golive):
        chosen = {}
        for row in rows:
            chosen.setdefault(row.found["policy"], set()).add(row.found["account_id"])
        for policy, accounts in chosen.items():
            self.env["collection.account"].browse(accounts).write({"policy_id": policy.id})
