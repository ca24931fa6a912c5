import { registry } from "@web/core/registry";
import { listView } from "@web/views/list/list_view";

/** A gap that was filled leaves the list, and the counters beside it follow. */
export class DataGapController extends listView.Controller {
    async onRecordSaved(record) {
        await super.onRecordSaved(record);
        // After the row has left edition, which reading the list would disturb.
        setTimeout(() => this.env.searchModel._notify(), 0);
    }
}

registry.category("views").add("collection_data_gap_list", {
    ...listView,
    Controller: DataGapController,
});
