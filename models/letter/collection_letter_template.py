from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ...tools.placeholders import PlaceholderProblem, find_places

KINDS = [
    ("balance", "Balance confirmation"),
    ("paid", "Paid in full"),
    ("plan", "Payment-plan agreement"),
    ("certificate", "Tax certificate request"),
    ("hold", "Credit hold notice"),
    ("release", "Credit hold released"),
    ("dispute", "Dispute explanation"),
    ("final_demand", "Final demand"),
    ("free", "Free letter"),
]
# A final demand is a notice of the policy: its text is that of the policy's step.
OWN_TEXT = [kind for kind in KINDS if kind[0] != "final_demand"]

_COMMON = (
    "customer account_number recipient company company_phone company_email today collector collector_contact collector_phone"
    " collector_email letter_number note"
)
# What a text may name, by kind of letter. Facts come from records; tables are generated.
PLACEHOLDERS = {
    kind: frozenset(f"{_COMMON} {more}".split())
    for kind, more in {
        "balance": "as_of balance balance_words balance_items reply_slip",
        "paid": "last_payment",
        "plan": "promise_number promised promised_words promised_on promised_by plan_items instalments",
        "certificate": "",
        "hold": "hold_date overdue overdue_words overdue_items",
        "release": "hold_date release_date",
        "dispute": "dispute_number explanation",
        "free": "subject text overdue overdue_words overdue_items",
    }.items()
}


class CollectionLetterTemplate(models.Model):
    """The text of one kind of letter, in each language. Managers edit it; what it states is filled in from records."""

    _name = "collection.letter.template"
    _description = "Letter Template"
    _order = "sequence, id"
    _check_company_auto = True

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one("res.company", help="Empty: every company uses it.")
    kind = fields.Selection(OWN_TEXT, string="Kind of Letter", required=True)
    subject = fields.Char(string="Title", required=True, translate=True)
    body = fields.Html(
        string="Text",
        translate=True,
        sanitize=True,
        help="Placeholders in double braces are filled in when the letter is printed. Translate it with the language button.",
    )
    barred_phrases = fields.Char(
        string="Words It Must Not Use",
        translate=True,
        help="Separated by commas. A free letter that uses one of them is refused: a final demand has its own way, and a manager"
        " approves it.",
    )
    placeholder_text = fields.Char(string="Placeholders", compute="_compute_placeholder_text")

    @api.depends("kind")
    def _compute_placeholder_text(self):
        for template in self:
            names = sorted(self._placeholders(template.kind)) if template.kind else []
            template.placeholder_text = " ".join(f"{{{{ {name} }}}}" for name in names)

    @api.model
    def _placeholders(self, kind):
        """Names of the facts that a kind of letter states; rooms that add facts add their names."""
        return PLACEHOLDERS[kind]

    # ------------------------------------------------------------------
    # Checks
    # ------------------------------------------------------------------

    @api.constrains("kind", "subject", "body")
    def _check_placeholders(self):
        """In each language, what cannot be filled in is refused when it is typed, not when it is printed."""
        for template in self:
            for lang, _name in self.env["res.lang"].get_installed():
                text = template.with_context(lang=lang)
                for value in (text.subject, text.body):
                    if problem := template._find_problem(value):
                        raise ValidationError(
                            self.env._(
                                "%(template)s (%(lang)s): %(problem)s",
                                template=template.name,
                                lang=lang,
                                problem=problem,
                            )
                        )

    def _find_problem(self, text):
        """Why a text cannot be filled, as a sentence; None where it can."""
        try:
            unknown = [name for name in find_places(text) if name not in self._placeholders(self.kind)]
        except PlaceholderProblem as problem:
            return self._describe(problem)
        return self._describe(PlaceholderProblem("unknown", unknown[0])) if unknown else None

    def _describe(self, problem):
        words = {
            "unfinished": self.env._("A placeholder is not finished near “%(place)s”.", place=problem.place),
            "malformed": self.env._(
                "“%(place)s” is no placeholder: write only its name between the braces, without formatting inside.",
                place=problem.place,
            ),
            "unknown": self.env._(
                "There is no placeholder “%(place)s” in this kind of letter. There are: %(known)s.",
                place=problem.place,
                known=", ".join(sorted(self._placeholders(self.kind))),
            ),
        }
        return words[problem.code]

    def _check_phrases(self, text):
        """:raise UserError: a typed text uses words that only another way may use"""
        for lang, _name in self.env["res.lang"].get_installed():
            phrases = (self.sudo().with_context(lang=lang).barred_phrases or "").split(",")
            for phrase in filter(None, (" ".join(each.split()).casefold() for each in phrases)):
                if phrase in " ".join(text.split()).casefold():
                    raise UserError(
                        self.env._(
                            "A free letter may not say “%(phrase)s”. Choose “Final demand”: a manager approves it.",
                            phrase=phrase,
                        )
                    )

    @api.model
    def _default_of(self, kind, company):
        """The template of a kind that a company uses first; its own goes before those of all."""
        found = self.search([("kind", "=", kind), ("company_id", "in", (company.id, False))])
        return (found.filtered("company_id") or found)[:1]
