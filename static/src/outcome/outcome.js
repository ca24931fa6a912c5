import { registry } from "@web/core/registry";
import { RadioField, radioField } from "@web/views/fields/radio/radio_field";

/** Radio buttons that the keyboard reaches first: the first of them carries the field's id, where `default_focus` looks. */
export class OutcomeField extends RadioField {
    static template = "account_collections.Outcome";
}

registry.category("fields").add("collection_outcome", { ...radioField, component: OutcomeField });
