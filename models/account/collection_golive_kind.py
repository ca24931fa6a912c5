from typing import NamedTuple

from odoo import api, models
from odoo.tools import SQL


class Column(NamedTuple):
    """A column of the file: `kind` is text, date or amount; `examples` stand in the template."""

    name: str
    label: str
    kind: str = "text"
    required: bool = False
    examples: tuple = ()


class Options(NamedTuple):
    """How dates and amounts are written: see `tools.csv_file`."""

    date_order: str = "mdy"
    decimal_mark: str = "point"


class Row:
    """A line of the file: what its cells say, what they were found to mean, and what is wrong with it.

    `is_secret`: it holds what must not be kept, and so must the file not.
    """

    __slots__ = ("errors", "found", "is_new", "is_secret", "line", "values", "warnings")

    def __init__(self, line, values):
        self.line, self.values = line, values
        self.found, self.is_new, self.is_secret = {}, True, False
        self.errors, self.warnings = [], []

    def refuse(self, column, message):
        """The line cannot be imported."""
        self.errors.append((column, message))

    def warn(self, column, message):
        """The line can be imported; somebody should know this."""
        self.warnings.append((column, message))

    def skip(self, column, message):
        """There is nothing to import, which somebody should know."""
        self.is_new = False
        self.warn(column, message)


def sound(rows):
    """The lines without errors."""
    return [row for row in rows if not row.errors]


class CollectionGoliveKind(models.AbstractModel):
    """One kind of file. Rooms add a kind by a model that inherits this one, and name it in `collection.golive._golive_kinds`."""

    _name = "collection.golive.kind"
    _description = "Kind of Go-Live File"

    # ------------------------------------------------------------------
    # What a kind fills in
    # ------------------------------------------------------------------

    @api.model
    def _title(self):
        """What users call it."""
        return self._description

    @api.model
    def _columns(self):
        """List of `Column`."""
        return []

    @api.model
    def _resolve(self, rows, company):
        """Look up by sets what the cells name, into `row.found`; what is not there is refused."""

    @api.model
    def _row_keys(self, row):
        """What only one line of a file may speak of, each hashable."""
        return []

    @api.model
    def _row_meaning(self, row):
        """What a line says about its keys: two lines with one key may not differ in it."""
        return {name: value for name, value in row.values.items() if name not in ("customer", "invoice", "due_date")}

    @api.model
    def _compare(self, rows, company):
        """Set `is_new` to false on lines that say what is known already, and warn of what they would replace."""

    @api.model
    def _import(self, rows, golive):
        """Write sound, new lines by sets; called as superuser for the log entry `golive`."""

    # ------------------------------------------------------------------
    # Checking a file
    # ------------------------------------------------------------------

    @api.model
    def _check_content(self, content, company, options):
        """Read a file and say of each line whether it can be imported; nothing is imported.

        :param content: bytes
        :return: list of `Row`
        :raise UserError: it is no such file at all
        """
        rows = self._read_content(content, options)
        self._resolve(sound(rows), company)
        self._refuse_contradictions(sound(rows))
        self._compare(sound(rows), company)
        return rows

    @api.model
    def _refuse_contradictions(self, rows):
        """Of lines about the same thing, all are refused where they differ; equal ones are taken once."""
        first, told = {}, set()
        for row in rows:
            earlier = [first.setdefault(key, row) for key in self._row_keys(row)]
            others = [other for other in dict.fromkeys(earlier) if other is not row]
            different = [other for other in others if self._row_meaning(other) != self._row_meaning(row)]
            for one, other in ((row, different[:1]), *((other, [row]) for other in different)):
                if other and one not in told:
                    told.add(one)
                    one.refuse("", self.env._("Line %s says something else about the same.", other[0].line))
            if others and not different and row not in earlier:
                row.skip("", self.env._("Says the same as line %s.", others[0].line))

    # ------------------------------------------------------------------
    # Finding customers
    # ------------------------------------------------------------------

    @api.model
    def _find_accounts(self, rows, company):
        """Put the account that the cell `customer` means into `row.found["account_id"]`; lines without a customer are passed over.

        An account number counts before all else; reference, tax number and full name must mean one customer together.
        """
        named = [row for row in rows if row.values["customer"]]
        customers = self._customers_by_name({row.values["customer"].lower() for row in named})
        ids = {partner for found in customers.values() for partner in found}
        by_partner = self._accounts_of(ids, company)
        numbers = [row.values["customer"].upper() for row in named]
        # The manager imports for every portfolio of the company.
        numbered = (
            self.env["collection.account"].sudo().search([("company_id", "=", company.id), ("name", "in", numbers)])
        )
        by_number = {account.name.lower(): account.id for account in numbered}
        for row in named:
            text = row.values["customer"]
            found = customers.get(text.lower(), set())
            accounts = {by_partner[partner] for partner in found if partner in by_partner}
            if number := by_number.get(text.lower()):
                accounts = {number}
            if len(accounts) == 1:
                [row.found["account_id"]] = accounts
            elif accounts:
                row.refuse(
                    "customer",
                    self.env._(
                        "“%(text)s” means %(count)s customers. Give the account number.", text=text, count=len(accounts)
                    ),
                )
            elif found:
                row.refuse(
                    "customer",
                    self.env._("“%(text)s” has no receivables in %(company)s.", text=text, company=company.name),
                )
            else:
                row.refuse(
                    "customer",
                    self.env._("No customer has “%s” as account number, reference, tax number or name.", text),
                )

    @api.model
    def _customers_by_name(self, texts):
        """Reference, tax number or full name, in small letters → set of ids of commercial partners."""
        self.env["res.partner"].flush_model(["ref", "vat", "name", "commercial_partner_id"])
        found = {}
        for text, partner in self.env.execute_query(
            SQL(
                """SELECT LOWER(TRIM(k.text)), p.commercial_partner_id
                     FROM res_partner p
                     JOIN LATERAL (VALUES (p.ref), (p.vat), (CASE WHEN p.commercial_partner_id = p.id THEN p.name END)) k (text) ON TRUE
                    WHERE LOWER(TRIM(k.text)) = ANY(%s) AND p.commercial_partner_id IS NOT NULL""",
                list(texts),
            )
        ):
            found.setdefault(text, set()).add(partner)
        return found

    @api.model
    def _accounts_of(self, partners, company):
        """Commercial partner id (0: none) → id of its account in the company; missing accounts are made where there are receivables."""
        Account = self.env["collection.account"].sudo()  # accounts are the system's own
        Account._insert_missing({(partner, company.id) for partner in partners})
        wanted = [partner or False for partner in partners]
        found = Account.search_fetch([("company_id", "=", company.id), ("partner_id", "in", wanted)], ["partner_id"])
        return {account.partner_id.id or 0: account.id for account in found}
