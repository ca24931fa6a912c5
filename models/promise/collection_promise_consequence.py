from odoo import models
from odoo.tools import SQL


class CollectionPromise(models.Model):
    """What follows from a verdict: tasks, stage, level, questions."""

    _inherit = "collection.promise"

    def _after_verdict(self, before):
        """Tell what changed; a break is a task for the same day.

        :param before: dict of promise id to its state before
        """
        if not self:
            return
        labels = dict(self._fields["state"]._description_selection(self.env))
        self._message_log_batch(
            bodies={
                promise.id: self.env._(
                    "Judged: %(before)s → %(now)s", before=labels[before[promise.id]], now=labels[promise.state]
                )
                for promise in self
            }
        )
        broken = self.filtered(lambda promise: promise.state == "broken" and before[promise.id] != "broken")
        if broken:
            broken._write_level()
            broken._on_broken()

    def _on_broken(self):
        """A broken promise: a task today, the account's stage, and from a level on the manager."""
        self._add_tasks(
            {
                promise: (
                    self.env._(
                        "Promise broken: %(amount)s", amount=promise.currency_id.format(promise.amount_currency)
                    ),
                    self.env._(
                        "%(promise)s was not kept; what it held is chased again from today. Level of broken promises: %(level)s.",
                        promise=promise.name,
                        level=promise.level,
                    ),
                )
                for promise in self
            }
        )
        self.account_id._set_stage("promise_broken", self.env._("Promise broken"))
        serious = self.filtered(
            lambda promise: 0 < promise.company_id.collection_promise_escalate_level <= promise.level
        )
        if serious:
            serious._escalate_broken()

    def _escalate_broken(self):
        """Bring customers who break promises before the AR manager."""
        for level, promises in self.grouped("level").items():
            promises.account_id._escalate(
                self.env._("Promise broken again, level %(level)s", level=level), "promise_level"
            )

    def _ask_elsewhere(self):
        """Money of the right days closed other items of the customer: ask before a promise is called broken."""
        self._add_tasks(
            {
                promise: (
                    self.env._("Applied elsewhere? %(promise)s", promise=promise.name),
                    self.env._(
                        "Money that came in time was applied to other items of this customer. Open the promise and say whether"
                        " it was meant for the promised ones; until then it is not called broken."
                    ),
                )
                for promise in self
            }
        )

    def _add_tasks(self, texts):
        """One task for today on the account of each promise, all in one go.

        :param texts: dict of promise to (summary, note)
        """
        if not texts:
            return
        # Odoo names the documents of tasks one by one: their customers are read here, at once.
        self.account_id.mapped("display_name")
        kind = self.env.ref("mail.mail_activity_data_todo")
        model_id = self.env["ir.model"]._get_id("collection.account")
        vals_list = []
        for promise, (summary, note) in texts.items():
            account, company = promise.account_id, promise.company_id
            vals_list.append(
                {
                    "activity_type_id": kind.id,
                    "res_model_id": model_id,
                    "res_id": account.id,
                    "summary": summary,
                    "note": note,
                    "date_deadline": company._collection_today(),
                    "user_id": account._task_user().id,
                }
            )
        # Tasks come from the judgement, whoever's payment brought it about; nobody is written an e-mail about each.
        self.env["mail.activity"].sudo().with_context(mail_activity_quick_update=True).create(vals_list)

    # ------------------------------------------------------------------
    # Level
    # ------------------------------------------------------------------

    def _level_expression(self, today):
        """The level of broken promises (SPEC §4) as an aggregate over promises `p` of an account, none of them a draft.

        Breaks of the last 12 months, and moves from the second on; 180 days without either bring it back to nothing.

        :param today: `SQL` of the business date
        """
        return SQL(
            """CASE WHEN MAX(GREATEST(CASE WHEN p.state = 'broken' THEN p.broken_on END,
                                      CASE WHEN p.move_number >= 2 THEN p.confirmed_on END)) > MAX(%(today)s) - 180
                    THEN COUNT(*) FILTER (WHERE p.state = 'broken' AND p.broken_on > %(today)s - interval '1 year')
                         + COUNT(*) FILTER (WHERE p.move_number >= 2 AND p.confirmed_on > %(today)s - interval '1 year')
                    ELSE 0 END""",
            today=today,
        )

    def _write_level(self):
        """Keep with each broken promise the level that its customer reached by it."""
        self.env.flush_all()
        for company, promises in self.grouped("company_id").items():
            today = SQL("%s::date", company._collection_today())
            self.env.cr.execute(
                SQL(
                    """UPDATE collection_promise t SET level = v.level
                         FROM (SELECT p.account_id, %(level)s AS level FROM collection_promise p
                                WHERE p.account_id IN %(accounts)s AND p.state != 'draft' GROUP BY p.account_id) v
                        WHERE v.account_id = t.account_id AND t.id IN %(ids)s""",
                    level=self._level_expression(today),
                    accounts=tuple(promises.account_id.ids),
                    ids=tuple(promises.ids),
                )
            )
        self.invalidate_recordset(["level"], flush=False)

    # ------------------------------------------------------------------
    # Answering
    # ------------------------------------------------------------------

    def _answer(self, answer):
        self.check_access("write")
        asked = self.sudo()  # the verdict is the system's
        instalments = asked.installment_ids.filtered(lambda each: each.answer == "asked")
        instalments._unguarded().write({"answer": answer})
        labels = dict(instalments._fields["answer"]._description_selection(self.env))
        for promise in asked:
            promise._message_log(
                body=self.env._(
                    "Applied elsewhere? %(user)s: %(answer)s", user=self.env.user.name, answer=labels[answer]
                )
            )
        asked._evaluate()
        return True

    def action_answer_meant(self):
        """The money on other items was meant for the promise: it is not broken; the payment must be applied anew."""
        self._answer("meant")
        for promise in self:
            promise.account_id._add_task(
                self.env._("Apply the payment to the promised items: %(promise)s", promise=promise.name),
                self.env._("It closed other items of the customer, but was meant for the promised ones."),
            )
        return True

    def action_answer_not_meant(self):
        """The money was meant for other items: the promise is judged without it."""
        return self._answer("not_meant")
