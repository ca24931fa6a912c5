from typing import NamedTuple

from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ...tools.csv_file import CsvProblem, decode, parse_amount, parse_date, read_rows

MAX_BYTES = 10 * 1024 * 1024
MAX_LINES = 50_000


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
    # Reading a file
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
    def _read_content(self, content, options):
        if len(content) > MAX_BYTES:
            raise UserError(
                self.env._(
                    "The file has %(size)s MB; %(limit)s MB is the most. Divide it into smaller ones.",
                    size=round(len(content) / 1024 / 1024, 1),
                    limit=MAX_BYTES // 1024 // 1024,
                )
            )
        try:
            (_line, header), *lines = read_rows(decode(content))
        except CsvProblem as problem:
            raise UserError(self._words_of(problem)) from None
        if not lines:
            raise UserError(self.env._("The file has a line of headings and nothing below it."))
        if len(lines) > MAX_LINES:
            raise UserError(
                self.env._(
                    "The file has %(count)s lines; %(limit)s is the most. Divide it into smaller ones.",
                    count=len(lines),
                    limit=MAX_LINES,
                )
            )
        columns = self._match_header(header)
        return [self._read_row(line, cells, columns, options) for line, cells in lines]

    @api.model
    def _words_of(self, problem):
        words = {
            "kind": self.env._("This is no CSV file. Save the workbook as CSV (UTF-8) and choose that."),
            "encoding": self.env._("The file's characters cannot be read. Save it as CSV (UTF-8)."),
            "quotes": self.env._("Line %s: quotation marks do not match.", problem.line),
            "long_cell": self.env._("Line %s: a cell has more than 20,000 characters.", problem.line),
            "empty": self.env._("The file is empty."),
        }
        return words[problem.code]

    @api.model
    def _match_header(self, header):
        """The `Column` of each cell of a line, by its name or its label; None where a column is not known.

        :raise UserError: a column that is needed is missing, or stands there twice
        """
        columns = self._columns()
        known = {column.label.casefold(): column for column in columns} | {column.name: column for column in columns}
        found = [known.get(cell.casefold()) for cell in header]
        missing = [column.label for column in columns if column.required and column not in found]
        if missing:
            raise UserError(
                self.env._(
                    "The first line must name the columns. Missing: %(missing)s. Found: %(found)s.",
                    missing=", ".join(missing),
                    found=", ".join(header)[:200],
                )
            )
        named = [column for column in found if column]
        if twice := [column.label for column in columns if named.count(column) > 1]:
            raise UserError(self.env._("The first line names a column twice: %s.", ", ".join(twice)))
        return found

    @api.model
    def _read_row(self, line, cells, columns, options):
        row = Row(line, {column.name: False for column in self._columns()})
        if len(cells) > len(columns) and any(cells[len(columns) :]):
            row.refuse("", self.env._("The line has more cells than there are columns."))
        for column, text in zip(columns, cells):
            if not column:
                continue
            try:
                row.values[column.name] = self._read_cell(column.kind, text, options)
            except ValueError:
                row.refuse(column.name, self._words_of_cell(column.kind, text, options))
        for column in columns:
            refused = column and any(name == column.name for name, _message in row.errors)
            if column and column.required and row.values[column.name] is False and not refused:
                row.refuse(column.name, self.env._("%s is missing.", column.label))
        return row

    @api.model
    def _read_cell(self, kind, text, options):
        if not text:
            return False
        if kind == "date":
            return parse_date(text, options.date_order)
        if kind == "amount":
            return parse_amount(text, options.decimal_mark)
        return text

    @api.model
    def _words_of_cell(self, kind, text, options):
        if kind == "date":
            order = {"mdy": "12/31/2026", "dmy": "31.12.2026", "ymd": "2026/12/31"}[options.date_order]
            return self.env._(
                "“%(text)s” is no date. Write it like 2026-12-31 or %(order)s.", text=text[:40], order=order
            )
        example = {"point": "1,234.56", "comma": "1.234,56"}[options.decimal_mark]
        return self.env._("“%(text)s” is no amount. Write it like %(example)s.", text=text[:40], example=example)

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
        customers = self._customers_by_name({row.values["customer"].casefold() for row in named})
        ids = {partner for found in customers.values() for partner in found}
        by_partner = self._accounts_of(ids, company)
        numbers = [row.values["customer"].upper() for row in named]
        # The manager imports for every portfolio of the company.
        numbered = self.env["collection.account"].sudo().search([("company_id", "=", company.id), ("name", "in", numbers)])
        by_number = {account.name.casefold(): account.id for account in numbered}
        for row in named:
            text = row.values["customer"]
            found = customers.get(text.casefold(), set())
            accounts = {by_partner[partner] for partner in found if partner in by_partner}
            if number := by_number.get(text.casefold()):
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
                    "customer", self.env._("“%(text)s” has no receivables in %(company)s.", text=text, company=company.name)
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
