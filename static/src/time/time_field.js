import { registry } from "@web/core/registry";
import { FloatTimeField, floatTimeField } from "@web/views/fields/float_time/float_time_field";
import { parseFloatTime } from "@web/views/fields/parsers";
import { useInputField } from "@web/views/fields/input_field_hook";
import { useNumpadDecimal } from "@web/views/fields/numpad_decimal_hook";

/** A time of day that may be left out: nothing stands where there is none, instead of midnight. */
export class TimeField extends FloatTimeField {
    static template = "account_collections.Time";
    static props = { ...FloatTimeField.props, placeholder: { type: String, optional: true } };

    setup() {
        useInputField({
            getValue: () => this.formattedValue,
            refName: "numpadDecimal",
            parse: (text) => (text.trim() ? parseFloatTime(text) : 0),
        });
        useNumpadDecimal();
    }

    get formattedValue() {
        return this.props.record.data[this.props.name] ? super.formattedValue : "";
    }
}

registry.category("fields").add("collection_time", {
    ...floatTimeField,
    component: TimeField,
    extractProps: (info) => ({
        ...floatTimeField.extractProps(info),
        placeholder: info.attrs.placeholder,
    }),
});
