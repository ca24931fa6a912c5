import { registry } from "@web/core/registry";

registry.category("web_tour.tours").add("collection_letter_write", {
    steps: () => [
        { content: "the account", trigger: ".o_form_view :contains(Post Only)" },
        { content: "write a letter", trigger: "button[name=action_write_letter]", run: "click" },
        {
            content: "a balance confirmation",
            trigger: ".modal [name=kind] select, .modal [name=kind] input",
            run() {
                const field = document.querySelector(".modal [name=kind] select");
                if (field) {
                    field.value = [...field.options].find((option) =>
                        option.text.includes("Balance confirmation"),
                    ).value;
                    field.dispatchEvent(new Event("change", { bubbles: true }));
                } else {
                    document.querySelector(".modal [name=kind] input").click();
                }
            },
        },
        { content: "look at it", trigger: ".modal [name=as_of]" },
        { content: "preview", trigger: ".modal button[name=action_preview]", run: "click" },
        { content: "who gets it", trigger: ".modal .o_data_row:contains(Post Only)" },
        { content: "as it will be read", trigger: ".modal [name=sample]:contains(1,200.00)" },
        { content: "print it later", trigger: ".modal button[name=action_queue]", run: "click" },
        { content: "it waits", trigger: ".o_notification:contains(Letters to Print)" },
    ],
});
