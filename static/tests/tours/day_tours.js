import { registry } from "@web/core/registry";

const tours = registry.category("web_tour.tours");

const row = (customer) => `.o_data_row:contains(${customer})`;
const figure = (name, value) => `.o_collection_figure:has([name=${name}]):contains(${value})`;
const radio = (label) => `.modal .o_radio_item:contains(${label}) input`;

tours.add("collection_day", {
    url: "/odoo/collections-worklist",
    steps: () => [
        {
            content: "the call-back that is due stands on top",
            trigger: ".o_data_row:first:contains(Cedar Mills)",
        },
        {
            content: "at the customer's time and ours",
            trigger: `${row("Cedar Mills")} [name=callback_text]:contains(PDT)`,
        },
        {
            content: "the one for later is not there",
            trigger: ".o_list_renderer:not(:contains(Dogwood Motors))",
        },
        { content: "open it", trigger: `${row("Cedar Mills")} [name=display_name]`, run: "click" },
        {
            content: "the manager's task",
            trigger: ".alert [name=task_ids]:contains(Ask for the POD)",
        },
        {
            content: "is done",
            trigger: ".alert [name=task_ids] button[name=action_done]",
            run: "click",
        },
        { content: "and gone", trigger: "body:not(:has(.alert [name=task_ids]:visible))" },
        { content: "done", trigger: "button[name=action_work_done]", run: "click" },
        { content: "an outcome", trigger: radio("Reviewed, nothing to do"), run: "click" },
        {
            content: "save",
            trigger: ".modal button[name=action_apply]:visible:first",
            run: "click",
        },
        { content: "the menu", trigger: ".o_menu_sections", run: "click" },
        { content: "my day", trigger: ".o_menu_sections :contains(My Day):last", run: "click" },
        { content: "one is worked", trigger: figure("worked_count", "1") },
        { content: "three are left", trigger: figure("left_count", "3") },
        {
            content: "a payment bounced since the last shift",
            trigger: ".o_collection_since [data-key=bounces]:contains(1):contains($ 50.00)",
            run: "click",
        },
        { content: "it is shown", trigger: `.o_list_view ${row("Alder Works")}` },
        { content: "back", trigger: ".o_back_button", run: "click" },
        { content: "close the day", trigger: "button[name=action_close]:visible", run: "click" },
        {
            content: "without a reason",
            trigger: ".modal .modal-footer button[name=action_close]",
            run: "click",
        },
        { content: "it asks why", trigger: ".modal:contains(Say why accounts are left)" },
        {
            content: "well then",
            trigger: ".modal:contains(Say why) .modal-footer button:contains(Close)",
            run: "click",
        },
        { content: "for all", trigger: radio("No time left"), run: "click" },
        {
            content: "but for one",
            trigger: ".modal [name=line_ids] .o_field_x2many_list_row_add a",
            run: "click",
        },
        {
            content: "which",
            trigger: ".modal [name=line_ids] [name=account_id] input",
            run: "edit Birch",
        },
        {
            content: "this one",
            trigger: ".o-autocomplete--dropdown-item:contains(Birch Supply)",
            run: "click",
        },
        {
            content: "why",
            trigger: ".modal [name=line_ids] [name=reason_id] input",
            run: "edit Waiting",
        },
        {
            content: "this",
            trigger: ".o-autocomplete--dropdown-item:contains(Waiting for an answer)",
            run: "click",
        },
        {
            content: "close",
            trigger: ".modal .modal-footer button[name=action_close]",
            run: "click",
        },
        {
            content: "who closed it",
            trigger: ".alert:contains(Closed by):contains(Tour Collector)",
        },
        {
            content: "why each is left",
            trigger: `${row("Birch Supply")}:contains(Waiting for an answer)`,
        },
        {
            content: "it cannot be closed again",
            trigger: "body:not(:has(button[name=action_close]))",
        },
    ],
});

tours.add("collection_day_manager", {
    url: "/odoo/collections-coverage",
    steps: () => [
        { content: "a collector's portfolio", trigger: `${row("Tour Collector")}:contains(25)` },
        {
            content: "what nobody touched",
            trigger: `${row("Tour Collector")} button:has(.fa-eye-slash)`,
            run: "click",
        },
        { content: "the accounts", trigger: `.o_list_view ${row("Birch Supply")}` },
        {
            content: "not the one that was done",
            trigger: ".o_list_view:not(:contains(Cedar Mills))",
        },
        {
            content: "one of them",
            trigger: `${row("Birch Supply")} .o_list_record_selector input`,
            run: "click",
        },
        {
            content: "gets a task",
            trigger: ".o_control_panel button[name=action_give_task]",
            run: "click",
        },
        {
            content: "of this kind",
            trigger: ".modal [name=activity_type_id]:contains(Collection Task)",
        },
        { content: "what", trigger: ".modal [name=summary] input", run: "edit Ask for the POD" },
        {
            content: "save",
            trigger: ".modal button[name=action_schedule_activities]",
            run: "click",
        },
        { content: "closed", trigger: "body:not(:has(.modal))" },
    ],
});
