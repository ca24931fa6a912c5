import { registry } from "@web/core/registry";
import { inputFiles } from "@web/../tests/utils";

const choose = (content, text) => ({
    content,
    trigger: ".modal .o_field_widget[name=file]",
    run: () =>
        inputFiles(".modal .o_field_widget[name=file] .o_input_file", [
            new File([text], "collectors.csv", { type: "text/csv" }),
        ]),
});
const press = (content, name) => ({
    content,
    trigger: `.modal-footer button[name=${name}]:not(.d-none)`,
    run: "click",
});
const problem = (words) => ({
    content: `the line is told: ${words}`,
    trigger: `.modal .o_data_row:contains(${words})`,
});

registry.category("web_tour.tours").add("collection_golive", {
    url: "/odoo/collections-go-live",
    steps: () => [
        {
            content: "nothing was imported yet",
            trigger: ".o_view_nocontent:contains(Bring in what the former system knows)",
        },
        {
            content: "import a file",
            trigger: ".o_control_panel button:contains(Import a File)",
            run: "click",
        },
        choose(
            "a file with errors",
            "Customer;Collector\nAlder Works;tour_collector\nNobody Inc;tour_collector\n",
        ),
        {
            content: "it is there",
            trigger: ".modal .o_field_widget[name=file] .o_clear_file_button",
        },
        press("check it", "action_check"),
        problem("No customer has “Nobody Inc”"),
        {
            content: "it cannot be imported as it is",
            trigger: ".modal-footer:not(:has(button[name=action_import]))",
        },
        press("choose the mended one", "action_back"),
        {
            content: "an empty dialog",
            trigger: ".modal .o_field_widget[name=file]:not(:has(.o_clear_file_button))",
        },
        choose(
            "the mended file",
            "Customer;Collector\nAlder Works;tour_collector\nBirch Supply;tour_collector\n",
        ),
        {
            content: "it is there",
            trigger: ".modal .o_field_widget[name=file] .o_clear_file_button",
        },
        press("check it", "action_check"),
        {
            content: "two lines are ready",
            trigger: ".modal .alert-success:contains(2 lines are ready)",
        },
        press("import", "action_import"),
        {
            content: "done",
            trigger: ".modal .alert-success:contains(2 lines were imported)",
        },
        press("back to the log", "action_view_golive"),
        {
            content: "the log tells who imported what",
            trigger: ".o_list_view .o_data_row:contains(collectors.csv)",
        },
    ],
});
