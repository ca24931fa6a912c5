import { registry } from "@web/core/registry";
import { X2ManyField, x2ManyField } from "@web/views/fields/x2many/x2many_field";

/** The members of a payer group: a row leads to the account's own page, whose pager goes through the group. */
export class GroupAccountsField extends X2ManyField {
    openRecord({ resId }) {
        const resIds = this.list.records.map((record) => record.resId);
        return this.action.doAction(
            {
                type: "ir.actions.act_window",
                res_model: "collection.account",
                res_id: resId,
                views: [[false, "form"]],
            },
            { props: { resIds } },
        );
    }
}

registry.category("fields").add("collection_group_accounts", {
    ...x2ManyField,
    component: GroupAccountsField,
});
