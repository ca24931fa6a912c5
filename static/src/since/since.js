import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { formatMonetary } from "@web/views/fields/formatters";
import { standardFieldProps } from "@web/views/fields/standard_field_props";
import { Component } from "@odoo/owl";

/** What happened since the last shift: one line for each kind, which leads to its records. */
export class SinceField extends Component {
    static template = "account_collections.Since";
    static props = { ...standardFieldProps };

    setup() {
        this.action = useService("action");
        this.orm = useService("orm");
    }

    get lines() {
        return this.props.record.data[this.props.name] || [];
    }

    amount({ amount }) {
        const currency = this.props.record.data.currency_id;
        return formatMonetary(amount, { currencyId: currency && currency.id });
    }

    async open({ key }) {
        const { resModel, resId } = this.props.record;
        this.action.doAction(await this.orm.call(resModel, "action_view_since", [[resId], key]));
    }
}

export const sinceField = {
    component: SinceField,
    supportedTypes: ["json"],
    isEmpty: () => false,
};

registry.category("fields").add("collection_since", sinceField);
