from odoo import api, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

from ..account.collection_golive_kind import Column, sound
from .collection_exception import LIVE, WEEKDAYS

# What stands in the column "Detail", by effect.
_COPIES = {"po": "po", "pod": "pod", "both": "both", "po and pod": "both", "po, pod": "both"}


class CollectionGoliveException(models.AbstractModel):
    """Exceptions of the former system: protective ones act at once, the others when another manager has approved them."""

    _name = "collection.golive.exception"
    _description = "Special Exceptions"
    _inherit = ["collection.golive.kind"]

    @api.model
    def _title(self):
        return self.env._("Special exceptions")

    @api.model
    def _columns(self):
        _ = self.env._
        return [
            Column(
                "type", _("Type"), required=True, examples=("Pay-run calendar", "Send only to A/P", "Amount tolerance")
            ),
            Column("customer", _("Customer"), examples=("A000012", "Blue Ridge Tools", "")),
            Column("sales_partner", _("Sales Partner"), examples=("", "", "Gulf Dealers")),
            Column("invoice", _("Invoice"), examples=("", "", "")),
            Column("date_from", _("From"), "date", required=True, examples=("2026-01-01", "2026-01-01", "2026-01-01")),
            Column("date_to", _("Until"), "date", examples=("", "", "2026-12-31")),
            Column("detail", _("Detail"), examples=("10, 25", "", "")),
            Column("days", _("Days"), "amount", examples=("", "", "")),
            Column("amount", _("Amount"), "amount", examples=("", "", "50")),
            Column("instruction", _("Instruction"), examples=("", "Contract of 2024, § 7", "")),
        ]

    @api.model
    def _row_keys(self, row):
        vals = row.found["vals"]
        scope = (vals.get("partner_id"), vals.get("sales_partner_id"), vals.get("move_id"))
        return [(row.found["type"].id, *scope, vals.get("contact_id"))]

    # ------------------------------------------------------------------
    # What the cells mean
    # ------------------------------------------------------------------

    @api.model
    def _resolve(self, rows, company):
        self._find_accounts(rows, company)
        types = {each.name.casefold(): each for each in self.env["collection.exception.type"].search([])}
        types |= {each.effect: each for each in reversed(self.env["collection.exception.type"].search([]))}
        sellers = self._records_by_name("res.partner", Domain("is_sales_partner", "=", True), rows, "sales_partner")
        posted = Domain("state", "=", "posted") & Domain("company_id", "=", company.id)
        invoices = self._records_by_name("account.move", posted & Domain("move_type", "like", "out_"), rows, "invoice")
        for row in rows:
            row.found["type"] = types.get(row.values["type"].casefold())
            row.found["vals"] = {"company_id": company.id}
            if not row.found["type"]:
                row.refuse("type", self.env._("No type of exception is called “%s”.", row.values["type"]))
            self._resolve_scope(row, sellers, invoices)
        for row in sound(rows):
            self._resolve_details(row)
        for row in sound(rows):
            draft = self.env["collection.exception"].new(self._prepare_vals(row))
            if problem := draft._find_problem():
                row.refuse("type", problem)

    @api.model
    def _records_by_name(self, model, domain, rows, column):
        """Name in small letters → records."""
        names = [row.values[column] for row in rows if row.values[column]]
        found = {}
        if names:
            # The manager imports for every portfolio of the company.
            for record in self.env[model].sudo().search(domain & Domain("name", "in", names)):
                found[record.name.casefold()] = found.get(record.name.casefold(), record.browse()) | record
        return found

    @api.model
    def _resolve_scope(self, row, sellers, invoices):
        vals, given = row.found["vals"], [name for name in ("customer", "sales_partner", "invoice") if row.values[name]]
        if not given or ("sales_partner" in given and len(given) > 1):
            row.refuse("customer", self.env._("Give one of these: a customer, a sales partner or an invoice."))
            return
        for name, known, field in (("sales_partner", sellers, "sales_partner_id"), ("invoice", invoices, "move_id")):
            if row.values[name]:
                records = known.get(row.values[name].casefold(), ())
                if len(records) == 1:
                    vals[field] = records.id
                else:
                    row.refuse(
                        name,
                        self.env._("“%(text)s” was found %(count)s times.", text=row.values[name], count=len(records)),
                    )
        if vals.get("move_id"):
            customer = self.env["account.move"].sudo().browse(vals["move_id"]).commercial_partner_id
        else:
            customer = self.env["collection.account"].sudo().browse(row.found.get("account_id", ())).partner_id
        if customer:
            vals["partner_id"] = customer.id

    @api.model
    def _resolve_details(self, row):
        """What the type needs beside the scope: a person, a kind of copy, days of pay runs, a number, an amount."""
        effect, vals, text = row.found["type"].effect, row.found["vals"], (row.values["detail"] or "").strip()
        if effect in ("grace", "partner_first") and row.values["days"] is not False:
            vals["days"] = int(row.values["days"])
        if effect == "tolerance":
            vals["amount"] = row.values["amount"]
        elif effect == "document_copy":
            vals["document_kind"] = _COPIES.get(text.casefold(), False)
        elif effect == "pay_run":
            words = {word.strip(",;.").casefold()[:3] for word in text.split()}
            vals |= {f"pay_{day}": day in words for day in WEEKDAYS}
            vals["pay_days"] = " ".join(word for word in text.replace(",", " ").split() if word[0].isdigit())
        elif effect == "never_contact":
            person = (
                self.env["res.partner"]
                .sudo()
                .search(
                    Domain("commercial_partner_id", "=", vals.get("partner_id"))
                    & (Domain("email_normalized", "=", text.lower()) | Domain("name", "=ilike", text))
                )
            )
            if len(person) != 1:
                row.refuse("detail", self.env._("“%s” is not one of the customer's contacts, or more than one.", text))
            vals["contact_id"] = person[:1].id

    @api.model
    def _prepare_vals(self, row):
        values = row.values
        return {
            **row.found["vals"],
            "type_id": row.found["type"].id,
            "date_from": values["date_from"],
            "date_to": values["date_to"],
            "instruction": values["instruction"],
        }

    # ------------------------------------------------------------------
    # Known already, and importing
    # ------------------------------------------------------------------

    @api.model
    def _compare(self, rows, company):
        """An exception of the same type and scope that is live already is not entered again."""
        live = self.env["collection.exception"].sudo().search([("company_id", "=", company.id), ("state", "in", LIVE)])
        known = {
            (each.type_id.id, each.partner_id.id, each.sales_partner_id.id, each.move_id.id, each.contact_id.id)
            for each in live
        }
        for row in rows:
            [key] = self._row_keys(row)
            row.is_new = tuple(part or False for part in key) not in known

    @api.model
    def _import(self, rows, golive):
        """Enter and propose, in the importing manager's name: another one approves what lowers the pressure."""
        Exceptions = self.env["collection.exception"]._unguarded()
        exceptions = Exceptions.create(
            [{**self._prepare_vals(row), "golive_id": golive.id, "owner_id": golive.user_id.id} for row in rows]
        )
        try:
            exceptions.with_env(self.env)._propose(golive.user_id)
        except ValidationError as error:
            raise ValidationError(
                self.env._("Nothing was imported. Correct the file, then try again: %(reason)s", reason=error)
            ) from error
