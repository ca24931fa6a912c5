import { registry } from "@web/core/registry";
import { formView } from "@web/views/form/form_view";

/** Brings the figures of a day sheet up to date before it is shown, and after whatever was done with it. */
export class DayModel extends formView.Model {
    async load(params = {}) {
        const { resId } = { ...this.config, ...params };
        if (resId) {
            await this.orm.call("collection.day", "action_refresh", [[resId]]);
        }
        return super.load(params);
    }
}

registry.category("views").add("collection_day_form", { ...formView, Model: DayModel });
