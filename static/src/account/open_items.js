import { registry } from "@web/core/registry";
import { X2ManyField, x2ManyField } from "@web/views/fields/x2many/x2many_field";

/** A customer's open items: a row leads to its invoice or payment, not to the journal item. */
export class OpenItemsField extends X2ManyField {
    openRecord({ resModel, resId }) {
        return this.action.doActionButton({
            type: "object",
            name: "action_open_business_doc",
            resModel,
            resId,
        });
    }
}

registry.category("fields").add("collection_open_items", {
    ...x2ManyField,
    component: OpenItemsField,
});
