import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardFieldProps } from "@web/views/fields/standard_field_props";
import { Component } from "@odoo/owl";

/** A phone number that begins a call: the server says whether it may begin, then the dialog opens with the clock running. */
export class DialField extends Component {
    static template = "account_collections.Dial";
    static props = { ...standardFieldProps };

    setup() {
        this.action = useService("action");
    }

    get phone() {
        return this.props.record.data[this.props.name];
    }

    async call() {
        const { record } = this.props;
        const { root } = record.model;
        const ofContact = record.resModel === "res.partner";
        await this.action.doActionButton({
            type: "object",
            name: "action_call",
            resModel: "collection.account",
            resId: ofContact ? root.resId : record.resId,
            context: record.context,
            buttonContext: {
                ...(ofContact && { collection_contact_id: record.resId }),
                ...(root.resIds && { collection_list_ids: root.resIds }),
            },
            onClose: () => root.load(),
        });
    }
}

registry.category("fields").add("collection_dial", {
    component: DialField,
    supportedTypes: ["char"],
});
