from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

GROUPS = "id:group_count"


class CollectionAgingReport(models.Model):
    """Reading the report in few passes: groups as the web client wants them, and the items of a customer."""

    _inherit = "collection.aging.report"

    # ------------------------------------------------------------------
    # Groups
    # ------------------------------------------------------------------

    def _read_group_select(self, aggregate_spec, query):
        """What the web client asks for beside each sum of money, without a sort of all rows or a join with the rates.

        It wants the currencies of each group, and the sum converted in case they are several.
        """
        name, _colon, function = aggregate_spec.partition(":")
        if aggregate_spec == GROUPS:
            return SQL("COUNT(*) OVER ()")
        if function == "array_agg_distinct" and self._fields[name].comodel_name == "res.currency":
            currency = self._field_to_sql(self._table, name, query)
            return SQL("ARRAY(SELECT DISTINCT c FROM UNNEST(ARRAY_AGG(%s)) c ORDER BY c)", currency)
        if function == "sum_currency":
            if name == "amount_residual_currency":
                name = "amount_total"  # the booked conversion
            if self._as_of_companies().currency_id == self.env.company.currency_id:
                return super()._read_group_select(f"{name}:sum", query)
            return super()._read_group_select(f"{name}:sum_currency", query)
        return super()._read_group_select(aggregate_spec, query)

    @api.model
    def _formatted_read_group_with_length(self, domain, groupby, aggregates, offset=0, limit=None, order=None):
        """Count the groups while they are made (core reads the whole report a second time to do it), and leave cells without an
        amount empty, as the list shows them.
        """
        groups = self.formatted_read_group(
            domain, groupby, [*aggregates, GROUPS], offset=offset, limit=limit, order=order
        )
        length = groups[0][GROUPS] if groups else 0
        for group in groups:
            del group[GROUPS]
            group.update(
                {spec: False for spec in group if spec.endswith((":sum", ":sum_currency")) and not group[spec]}
            )
        return groups, length

    # ------------------------------------------------------------------
    # Searching
    # ------------------------------------------------------------------

    @api.model
    def _search(self, domain, *args, **kwargs):
        return super()._search(Domain(domain).optimize(self).map_conditions(self._by_contact), *args, **kwargs)

    def _by_contact(self, condition):
        """Customers are asked for by their contacts, so that the query can start from the items' index on these."""
        if condition.field_expr != "partner_id" or condition.operator != "in":
            return condition
        # Whose item it is does not depend on which contacts the user may see.
        contacts = self.env["res.partner"].sudo().with_context(active_test=False)
        customers = [value for value in condition.value if value]
        ids = contacts.search([("commercial_partner_id", "in", customers)]).ids
        return Domain("contact_id", "in", [*ids, False] if len(customers) < len(condition.value) else ids)

    @api.model
    @api.readonly
    def search_fetch(self, domain, field_names=None, offset=0, limit=None, order=None):
        """A search shows the ledger as it is: nothing that an earlier search in the same transaction has cached."""
        self.invalidate_model(flush=False)
        return super().search_fetch(domain, field_names, offset=offset, limit=limit, order=order)
