from odoo import api, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

# An object cannot be sent over RPC, so only code of this server can put it into a context.
_PASS = object()


class CollectionGuard(models.AbstractModel):
    _name = "collection.guard"
    _description = "Fields that only the product's own methods may write"

    @api.model
    def _guarded_fields(self):
        """Names of the fields that neither users, imports nor RPC may set; a frozenset."""
        return frozenset()

    @api.model
    def _is_append_only(self):
        """True where records may not be deleted once they exist."""
        return True

    def _unguarded(self):
        """The same records, allowed to write guarded fields."""
        return self.with_context(collection_guard=_PASS)

    def _has_pass(self):
        return self.env.context.get("collection_guard") is _PASS

    def _check_guard(self, names):
        guarded = self._guarded_fields() & set(names)
        if guarded and not self._has_pass():
            labels = ", ".join(sorted(self._fields[name].string for name in guarded))
            raise AccessError(
                self.env._(
                    "%(fields)s of %(model)s are kept by the system and cannot be set by hand.",
                    fields=labels,
                    model=self._description,
                )
            )

    def _without_guarded_defaults(self):
        """The same records without the context's defaults for guarded fields: they come from the client or are another model's."""
        defaults = {f"default_{name}" for name in self._guarded_fields()} & self.env.context.keys()
        if not defaults or self._has_pass():
            return self
        # pylint: disable-next=context-overridden
        return self.with_context({key: value for key, value in self.env.context.items() if key not in defaults})

    @api.model
    def _next_references(self, code, count):
        """The next reference numbers of a sequence, in one query where it is a plain one."""
        sequence = self.env["ir.sequence"].sudo()  # whoever may record something takes its number
        own = sequence.search(
            [("code", "=", code), ("company_id", "in", (self.env.company.id, False))], order="company_id", limit=1
        )
        if not own or own.use_date_range or own.implementation != "standard":
            return [sequence.next_by_code(code) or "/" for _each in range(count)]
        numbers = self.env.execute_query(
            SQL("SELECT nextval(%s) FROM generate_series(1, %s)", f"ir_sequence_{own.id:03d}", count)
        )
        return [own.get_next_char(number) for (number,) in numbers]

    @api.model_create_multi
    def create(self, vals_list):
        self._check_guard({name for vals in vals_list for name in vals})
        return super(CollectionGuard, self._without_guarded_defaults()).create(vals_list).with_env(self.env)

    def write(self, vals):
        self._check_guard(vals)
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_append_only(self):
        if self and self._is_append_only() and not self._has_pass():
            raise UserError(
                self.env._(
                    "%(model)s is kept as a record of what happened and cannot be deleted.", model=self._description
                )
            )

    # ------------------------------------------------------------------
    # State gate
    # ------------------------------------------------------------------

    def _update_state(self, allowed, target, **vals):
        """Bring the records whose state is in `allowed` to `target` and write `vals` with it.

        Records that are in `target` already are passed over; any other state is refused.

        :return: the records that changed
        :raise UserError: a record stands in a state from which `target` cannot be reached
        """
        todo = self.filtered(lambda record: record.state in allowed and record.state != target)
        refused = self.filtered(lambda record: record.state not in allowed and record.state != target)
        if refused:
            labels = dict(self._fields["state"]._description_selection(self.env))
            raise UserError(
                self.env._(
                    "%(record)s is “%(state)s” and cannot become “%(target)s”.",
                    record=refused[0].display_name,
                    state=labels.get(refused[0].state, refused[0].state),
                    target=labels.get(target, target),
                )
            )
        if todo:
            todo._unguarded().write({"state": target, **vals})
        return todo
