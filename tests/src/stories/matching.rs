use serde_json::Value;

/// Whether a value has a shape: every member that the shape names is there and has its shape; every element of a list of
/// the shape is found in the list; a text `*so*` occurs, letters of both cases alike; everything else is equal.
pub(crate) fn has_shape(value: &Value, shape: &Value) -> bool {
    match (value, shape) {
        (Value::Object(value), Value::Object(shape)) => shape.iter().all(|(key, shape)| {
            // What is said to be null may also be left out.
            value
                .get(key)
                .map_or(shape.is_null(), |value| has_shape(value, shape))
        }),
        (Value::Array(values), Value::Array(shapes)) => shapes
            .iter()
            .all(|shape| values.iter().any(|value| has_shape(value, shape))),
        (Value::String(value), Value::String(shape)) => fits(value, shape),
        (value, shape) => value == shape,
    }
}

fn fits(value: &str, shape: &str) -> bool {
    match shape
        .strip_prefix('*')
        .and_then(|rest| rest.strip_suffix('*'))
    {
        Some(part) => value.to_lowercase().contains(&part.to_lowercase()),
        None => value == shape,
    }
}

/// Whether each value can be given a shape of its own, none left on either side.
pub(crate) fn all_have_shapes(values: &[Value], shapes: &[Value]) -> bool {
    if values.len() != shapes.len() {
        return false;
    }
    let Some((shape, rest)) = shapes.split_first() else {
        return true;
    };
    values.iter().enumerate().any(|(at, value)| {
        let mut left = values.to_vec();
        left.remove(at);
        has_shape(value, shape) && all_have_shapes(&left, rest)
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_shape_names_only_what_matters() {
        let value = json!({ "type": "a", "items": [{ "n": 1, "title": "Sidamo beans" }, { "n": 2 }], "more": 3 });

        assert!(has_shape(
            &value,
            &json!({ "items": [{ "title": "*sidamo*" }] })
        ));
        assert!(has_shape(&value, &json!({ "gone": null })));
        assert!(!has_shape(&value, &json!({ "items": [{ "n": 3 }] })));
        assert!(!has_shape(&value, &json!({ "type": "*b*" })));
        assert!(!has_shape(&value, &json!({ "more": "3" })));
    }

    #[test]
    fn lists_that_must_fit_whole_fit_in_any_order_and_with_nothing_left() {
        let values = [json!({ "a": 1, "b": 1 }), json!({ "a": 1, "b": 2 })];

        assert!(all_have_shapes(
            &values,
            &[json!({ "a": 1 }), json!({ "b": 1 })]
        ));
        assert!(!all_have_shapes(&values, &[json!({ "a": 1 })]));
        assert!(!all_have_shapes(
            &values,
            &[json!({ "b": 1 }), json!({ "b": 1 })]
        ));
    }
}
