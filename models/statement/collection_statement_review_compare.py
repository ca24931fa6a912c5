from odoo import models
from odoo.exceptions import UserError
from odoo.tools import SQL, format_date

from ...tools.customer_list import MAX_LINES, ListProblem, read_lines, read_list, text_lines
from ...tools.document_match import Document, Matcher, plain, tokens
from ...tools.file_text import read_text

_MAX_DOCUMENTS = 20_000
_MAX_TEXT = 200
_NORMAL = "UPPER(REGEXP_REPLACE(%s, '[^[:alnum:]]', '', 'g'))"


class CollectionStatementReview(models.Model):
    """Reading a customer's list, and what fits and what does not."""

    _inherit = "collection.statement.review"

    def _clear(self):
        self.line_ids._unguarded().unlink()
        self.unread_ids._unguarded().unlink()

    def _compare(self):
        self.ensure_one()
        if self.date > self.company_id._collection_today():
            raise UserError(
                self.env._(
                    "%(date)s is still to come: choose the day of the list.", date=format_date(self.env, self.date)
                )
            )
        found = self._read()
        self.env.flush_all()
        documents = self._read_documents(found.entries)
        own = self.sudo()._unguarded()  # what was found is the system's
        own._clear()
        lines = self._match(found.entries, documents)
        own.env["collection.statement.review.line"]._unguarded().create(
            [{"review_id": self.id, "sequence": number, **vals} for number, vals in enumerate(lines)]
        )
        own.env["collection.statement.review.unread"]._unguarded().create(
            [
                {"review_id": self.id, "number": each.number, "text": each.text[:_MAX_TEXT], "reason": each.code}
                for each in found.unread
            ]
        )
        theirs = self.currency_id.round(sum(entry.amount for entry in found.entries))
        ours = self.currency_id.round(sum(document["open"] for document in documents))
        own.write(
            {
                "amount_theirs": theirs,
                "amount_stated": found.total or 0.0,
                "amount_ours": ours,
                "amount_difference": theirs - ours,
                "remark": self._how_read(found),
                "user_id": self.env.uid,
            }
        )
        self._update_state(("draft",), "compared")

    # ------------------------------------------------------------------
    # Reading
    # ------------------------------------------------------------------

    def _read(self):
        content = self._content()
        self._refuse_card_numbers(content)
        try:
            lines = read_lines(self.file_name or "", content) if content else text_lines(self.text or "")
            return read_list(lines, self.date_order, self.number_mark)
        except ListProblem as problem:
            raise UserError(self._words(problem.code)) from problem

    def _refuse_card_numbers(self, content):
        if content:
            text, is_html = read_text(self.file_name or "", content)
            self.env["collection.card.guard"]._refuse([(self.env._("File"), text, is_html)])

    def _words(self, code):
        _ = self.env._
        return {
            "kind": _("This kind of file cannot be read: take it as XLSX, CSV or PDF."),
            "damaged": _("The workbook is damaged or protected by a password."),
            "scanned": _("The PDF holds a picture and no text. Paste the lines instead."),
            "too_long": _("The list has more than %(rows)s lines. Divide it.", rows=MAX_LINES),
            "empty": _("No line with a number and an amount was found. Paste the customer's list, or take its file."),
        }[code]

    def _how_read(self, found):
        """What a person must know of how the list was read."""
        _ = self.env._
        remarks = []
        if found.date_order and not found.is_order_sure and any(entry.date for entry in found.entries):
            remarks.append(_("Dates could be read in two ways: month first was taken."))
        if not found.date_order:
            remarks.append(_("The dates do not follow one order: choose it and compare again."))
        total = sum(entry.amount for entry in found.entries)
        if found.total is not None and self.currency_id.compare_amounts(total, found.total):
            remarks.append(
                _(
                    "The lines read do not add up to the total they state: %(total)s.",
                    total=self.currency_id.format(found.total),
                )
            )
        return " ".join(remarks) or False

    # ------------------------------------------------------------------
    # Our documents
    # ------------------------------------------------------------------

    def _read_documents(self, entries):
        """What was open on the day, and whatever else the references may name: a list of dicts, one for each document."""
        references = {plain(entry.reference) for entry in entries}
        numbers = {int(each) for entry in entries for each in tokens(entry.reference)[1][-1:] if len(each) < 10}
        Line = self.env["account.move.line"]
        scope = SQL(
            "l.currency_id = %s AND l.partner_id IN (SELECT id FROM res_partner WHERE commercial_partner_id = %s)",
            self.currency_id.id,
            self.partner_id.id,
        )
        name, ref, payment_reference = (
            SQL(_NORMAL, SQL.identifier("m", column))  # pylint: disable=sql-injection
            for column in ("name", "ref", "payment_reference")
        )
        return self.env.execute_query_dict(
            SQL(
                """
                SELECT m.id, m.name, m.ref, m.payment_reference, m.move_type, m.date, SUM(l.amount_currency)::float AS original,
                       COALESCE(MAX(o.open), 0)::float AS open
                  FROM account_move_line l
                  JOIN account_move m ON m.id = l.move_id
                  LEFT JOIN (SELECT move_id, SUM(amount_residual_currency) AS open FROM (%(as_of)s) i GROUP BY move_id) o
                         ON o.move_id = m.id
                 WHERE %(scope)s AND l.company_id = %(company)s AND l.account_id IN %(accounts)s AND l.parent_state = 'posted'
                   AND l.date <= %(day)s
                   AND (o.open != 0 OR %(name)s = ANY(%(references)s) OR %(ref)s = ANY(%(references)s)
                        OR %(payment)s = ANY(%(references)s) OR m.sequence_number = ANY(%(numbers)s))
                 GROUP BY m.id ORDER BY m.date, m.id LIMIT %(limit)s
                """,
                as_of=Line._collection_as_of_query(self.date, (self.company_id.id,), scope),
                scope=scope,
                company=self.company_id.id,
                accounts=Line._collection_receivable_account_ids(),
                day=self.date,
                name=name,
                ref=ref,
                payment=payment_reference,
                references=list(references - {""}),
                numbers=list(numbers),
                limit=_MAX_DOCUMENTS,
            )
        )

    # ------------------------------------------------------------------
    # Matching
    # ------------------------------------------------------------------

    def _match(self, entries, documents):
        """The lines of the review as values: theirs in their order, then what is open here and not on their list."""
        by_id = {document["id"]: document for document in documents}
        matcher = Matcher(
            Document(each["id"], each["name"], (each["ref"], each["payment_reference"]), each["open"], each["original"])
            for each in documents
        )
        found = [(entry, matcher.find(entry.reference, entry.amount)) for entry in entries]
        theirs = {}
        for entry, match in found:
            if match.is_sure:
                theirs.setdefault(match.documents[0].key, []).append(entry)
        lines = [self._line_of(entry, match, theirs, by_id, documents) for entry, match in found]
        named = {document.key for _entry, match in found for document in match.documents if not match.is_sure}
        for document in documents:
            if not self.currency_id.is_zero(document["open"]) and document["id"] not in theirs:
                remark = self.env._("A line of theirs may mean it") if document["id"] in named else False
                lines.append(
                    {
                        "result": "missing_there",
                        "move_id": document["id"],
                        "amount_ours": document["open"],
                        "remark": remark,
                    }
                )
        return lines

    def _line_of(self, entry, match, theirs, by_id, documents):
        own = {
            "number": entry.number,
            "text": entry.text[:_MAX_TEXT],
            "reference": entry.reference[:_MAX_TEXT],
            "their_date": entry.date,
            "amount_theirs": entry.amount,
        }
        if not match.documents:
            return {**own, "result": "missing_here", "remark": self._same_amount(entry, theirs, documents)}
        if not match.is_sure:
            names = ", ".join(document.name or "?" for document in match.documents[:5])
            return {**own, "result": "ambiguous", "remark": self.env._("May mean: %(documents)s", documents=names)}
        document = by_id[match.documents[0].key]
        entries = theirs[document["id"]]
        total = sum(each.amount for each in entries)
        # Several of their lines about one document are compared together, and what is open here is told once.
        is_first = entries[0] is entry
        vals = {**own, "move_id": document["id"], "amount_ours": document["open"] if is_first else 0.0}
        remark = (
            self.env._("With lines %(lines)s", lines=", ".join(str(each.number) for each in entries))
            if len(entries) > 1
            else False
        )
        if self.currency_id.is_zero(document["open"]):
            return {**vals, "result": "paid", "remark": remark}
        same = not self.currency_id.compare_amounts(total, document["open"])
        return {**vals, "result": "matched" if same else "amount_differs", "remark": remark}

    def _same_amount(self, entry, theirs, documents):
        """A hint, no match: the one open document of the same amount that is not on their list otherwise."""
        same = [
            each
            for each in documents
            if each["id"] not in theirs and not self.currency_id.compare_amounts(each["open"], entry.amount)
        ]
        if len(same) == 1 and entry.amount:
            return self.env._("%(document)s is open with the same amount", document=same[0]["name"])
        return False
