import { registry } from "@web/core/registry";
import { formView } from "@web/views/form/form_view";

/** Brings the figures up to date before an account is shown for the first time: reading alone never writes. */
export class AccountModel extends formView.Model {
    async load(params = {}) {
        const { resId } = { ...this.config, ...params };
        if (resId && resId !== this.refreshedId) {
            this.refreshedId = resId;
            await this.orm.call("collection.account", "action_refresh", [[resId]]);
        }
        return super.load(params);
    }
}

export class AccountFormController extends formView.Controller {
    /** Tells every button which accounts the pager goes through, so that "next" follows the list that the user came from. */
    async beforeExecuteActionButton(clickParams) {
        const { resIds } = this.model.root;
        clickParams.buttonContext = { ...clickParams.buttonContext, collection_list_ids: resIds };
        return super.beforeExecuteActionButton(clickParams);
    }
}

registry.category("views").add("collection_account_form", {
    ...formView,
    Model: AccountModel,
    Controller: AccountFormController,
});

/** Go on to another account in the same page: the pager, the breadcrumbs and the way back to the list stay as they are. */
async function openAccount(env, { params }) {
    const { action } = env.services;
    await action.doAction({ type: "ir.actions.act_window_close", infos: { noReload: true } });
    const { resModel, resId, resIds = resId ? [resId] : [] } = action.currentController.props;
    if (resModel !== "collection.account") {
        return action.doAction({
            type: "ir.actions.act_window",
            res_model: "collection.account",
            res_id: params.account_id,
            views: [[false, "form"]],
        });
    }
    const ids = resIds.includes(params.account_id) ? resIds : [...resIds, params.account_id];
    return action.switchView("form", { resId: params.account_id, resIds: ids });
}

registry.category("actions").add("collection_open_account", openAccount);
