import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";
import { Component } from "@odoo/owl";

/** Why an account stands where it does: the rules that apply, each with its points, and their sum. */
export class PriorityLinesField extends Component {
    static template = "account_collections.PriorityLines";
    static props = { ...standardFieldProps, label: { type: String, optional: true } };

    get lines() {
        return this.props.record.data[this.props.name] || [];
    }

    get total() {
        return this.lines.reduce((sum, line) => sum + line.points, 0);
    }

    signed(points) {
        return points < 0 ? `−${-points}` : `+${points}`;
    }
}

export const priorityLinesField = {
    component: PriorityLinesField,
    supportedTypes: ["json"],
    isEmpty: () => false,
    extractProps: ({ options }) => ({ label: options.label }),
};

registry.category("fields").add("collection_priority_lines", priorityLinesField);
