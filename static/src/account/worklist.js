import { onMounted, onWillUnmount } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { ListController } from "@web/views/list/list_controller";
import { listView } from "@web/views/list/list_view";

const MINUTE = 60 * 1000;

/** The worklist reads itself again every minute, so that a call-back comes to the top when its time has come. */
export class WorklistController extends ListController {
    setup() {
        super.setup();
        onMounted(() => {
            this.interval = setInterval(() => this.readAgain(), MINUTE);
        });
        onWillUnmount(() => clearInterval(this.interval));
    }

    /** Not while somebody ticks accounts, edits, or looks elsewhere. */
    async readAgain() {
        const { root } = this.model;
        if (!document.hidden && !root.selection.length && !root.editedRecord) {
            await root.load();
        }
    }
}

registry.category("views").add("collection_worklist", {
    ...listView,
    Controller: WorklistController,
});
