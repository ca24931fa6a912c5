import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { formatMonetary } from "@web/views/fields/formatters";
import { standardFieldProps } from "@web/views/fields/standard_field_props";
import { Component } from "@odoo/owl";

const BUCKETS = ["aging_current", "aging_1", "aging_2", "aging_3", "aging_4", "aging_5"];
const DEFAULT_WIDTH = 140;

/**
 * What an account owes by age: one bar, as long for a small account as for a large one, divided into the buckets.
 * With `legend` the buckets stand below it with their amounts, and each opens its items.
 */
export class AgingBarField extends Component {
    static template = "account_collections.AgingBar";
    static props = {
        ...standardFieldProps,
        width: { type: Number, optional: true },
        legend: { type: Boolean, optional: true },
    };

    setup() {
        this.action = useService("action");
    }

    get buckets() {
        const { data } = this.props.record;
        const currencyId = data.currency_id?.id;
        const total = BUCKETS.reduce((sum, name) => sum + Math.max(data[name], 0), 0);
        return BUCKETS.map((name, index) => ({
            name,
            label: data.aging_labels?.[index] || this.props.record.fields[name].string,
            amount: formatMonetary(data[name], { currencyId }),
            share: total ? (100 * Math.max(data[name], 0)) / total : 0,
        }));
    }

    get segments() {
        return this.buckets.filter((bucket) => bucket.share > 0);
    }

    get description() {
        return this.segments.map(({ label, amount }) => `${label}: ${amount}`).join(", ");
    }

    get tooltip() {
        return JSON.stringify({ buckets: this.segments });
    }

    get style() {
        return this.props.width ? `width: ${this.props.width}px` : "";
    }

    openItems(bucket) {
        const { resModel, resId } = this.props.record;
        return this.action.doActionButton({
            type: "object",
            name: "action_view_items",
            resModel,
            resId,
            buttonContext: { collection_items: bucket.name },
        });
    }
}

export const agingBarField = {
    component: AgingBarField,
    supportedTypes: ["integer"],
    isEmpty: () => false,
    listViewWidth: ({ options }) => (options.width || DEFAULT_WIDTH) + 16,
    fieldDependencies: [
        ...BUCKETS.map((name) => ({ name, type: "monetary" })),
        { name: "aging_labels", type: "json" },
        { name: "currency_id", type: "many2one" },
    ],
    extractProps: ({ options, viewType }) => ({
        width: options.width || (viewType === "list" ? DEFAULT_WIDTH : undefined),
        legend: options.legend,
    }),
};

registry.category("fields").add("collection_aging_bar", agingBarField);
