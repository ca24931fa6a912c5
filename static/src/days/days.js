import { capitalize } from "@web/core/utils/strings";
import { registry } from "@web/core/registry";
import { session } from "@web/session";
import {
    RemainingDaysField,
    remainingDaysField,
} from "@web/views/fields/remaining_days/remaining_days_field";

const { DateTime } = luxon;

/** The business date of the company: neither the user's nor the browser's. */
function businessDate() {
    const { year, month, day } = DateTime.now().setZone(session.collection_tz || "local");
    return DateTime.local(year, month, day);
}

/** A deadline in days from the business date. Odoo's own widget says "Next month" of a day that is near. */
export class CollectionDaysField extends RemainingDaysField {
    get diffDays() {
        const value = this.props.record.data[this.props.name];
        return value ? Math.round(value.startOf("day").diff(businessDate(), "days").days) : null;
    }

    get diffString() {
        if (this.diffDays === null || Math.abs(this.diffDays) > 99) {
            return super.diffString;
        }
        const value = this.props.record.data[this.props.name];
        return capitalize(value.toRelativeCalendar({ base: businessDate(), unit: "days" }));
    }
}

registry.category("fields").add("collection_days", {
    ...remainingDaysField,
    component: CollectionDaysField,
});
