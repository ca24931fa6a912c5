import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";
import { Component, onMounted, onWillUnmount, useState } from "@odoo/owl";

const SECOND = 1000;

/** The number is dialled by whatever the computer uses for telephone links. */
function dial(phone) {
    const link = document.createElement("a");
    link.href = `tel:${phone.replace(/[^+\d]/g, "")}`;
    link.target = "_blank"; // else the browser takes it for leaving the page
    link.click();
}

/** How long a call has lasted. It runs from the call's start until the contact is saved, or until it is stopped here. */
export class TimerField extends Component {
    static template = "account_collections.Timer";
    static props = { ...standardFieldProps };

    setup() {
        this.state = useState({ now: Date.now() });
        this.clock = setInterval(() => (this.state.now = Date.now()), SECOND);
        onMounted(() => {
            const phone = this.props.record.context.collection_dial;
            if (phone && this.running) {
                dial(phone);
            }
        });
        onWillUnmount(() => clearInterval(this.clock));
    }

    get running() {
        return this.props.record.data.timer_running;
    }

    get seconds() {
        const { data } = this.props.record;
        const seconds = this.running
            ? (this.state.now - data.date.toMillis()) / SECOND
            : data[this.props.name] * 60;
        return Math.max(0, Math.floor(seconds));
    }

    get text() {
        const two = (number) => String(number).padStart(2, "0");
        return `${two(Math.floor(this.seconds / 60))}:${two(this.seconds % 60)}`;
    }

    stop() {
        const minutes = Math.round((this.seconds / 60) * 100) / 100;
        this.props.record.update({ [this.props.name]: minutes, timer_running: false });
    }
}

registry.category("fields").add("collection_timer", {
    component: TimerField,
    supportedTypes: ["float"],
    isEmpty: () => false,
    fieldDependencies: [
        { name: "timer_running", type: "boolean" },
        { name: "date", type: "datetime" },
    ],
});
