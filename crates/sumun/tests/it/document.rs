//! The OpenAPI document read as a tester does: every operation, a request that fits its schema, one
//! that does not quite, and whether an answer has the shape that the document promises.

use anyhow::{Result, bail};
use serde_json::{Map, Value, json};
use sumun::web;

/// One operation of the document.
#[derive(Clone)]
pub struct Operation {
    pub method: String,
    pub path: String,
    pub id: String,
    pub content: Value,
}

/// The document.
pub struct Document(pub Value);

impl Document {
    pub fn read() -> Document {
        Document(serde_json::from_str(&web::document().to_json().unwrap()).unwrap())
    }

    /// Every operation, by path and method.
    pub fn operations(&self) -> Vec<Operation> {
        let mut all = Vec::new();
        for (path, item) in self.0["paths"].as_object().unwrap() {
            for (method, content) in item.as_object().unwrap() {
                all.push(Operation {
                    method: method.to_uppercase(),
                    path: path.clone(),
                    id: content["operationId"].as_str().unwrap().to_owned(),
                    content: content.clone(),
                });
            }
        }
        all
    }

    fn resolved<'d>(&'d self, mut schema: &'d Value) -> &'d Value {
        while let Some(name) = schema["$ref"].as_str() {
            schema = &self.0["components"]["schemas"][name.rsplit('/').next().unwrap()];
        }
        schema
    }

    /// The schema of an operation's JSON body, if it takes one.
    pub fn body<'d>(&'d self, of: &'d Operation) -> Option<&'d Value> {
        let schema = of.content["requestBody"]["content"].get("application/json")?;
        Some(self.resolved(&schema["schema"]))
    }

    /// The schemas of an operation's parameters: name, place, schema.
    pub fn parameters<'d>(&'d self, of: &'d Operation) -> Vec<(&'d str, &'d str, &'d Value)> {
        let all = of.content["parameters"].as_array().map(Vec::as_slice).unwrap_or_default();
        all.iter()
            .map(|one| {
                let text = |name: &str| one[name].as_str().unwrap();
                (text("name"), text("in"), self.resolved(&one["schema"]))
            })
            .collect()
    }

    /// A value that fits a schema; `named` knows what to say for some fields.
    pub fn fitting(&self, schema: &Value, named: &dyn Fn(&str) -> Option<Value>) -> Value {
        let schema = self.resolved(schema);
        if let Some(example) = schema.get("example") {
            return example.clone();
        }
        if let Some(one) = schema["enum"].as_array() {
            return one[0].clone();
        }
        for several in ["oneOf", "anyOf"] {
            if let Some(all) = schema[several].as_array() {
                let real = all.iter().find(|one| one["type"] != "null").unwrap();
                return self.fitting(real, named);
            }
        }
        if let Some(all) = schema["allOf"].as_array() {
            let mut whole = Map::new();
            for part in all {
                whole.extend(self.fitting(part, named).as_object().cloned().unwrap_or_default());
            }
            return Value::Object(whole);
        }
        match kind(schema) {
            "object" => {
                let mut object = Map::new();
                let required = schema["required"].as_array().cloned().unwrap_or_default();
                for (name, of) in schema["properties"].as_object().into_iter().flatten() {
                    if let Some(value) = named(name) {
                        object.insert(name.clone(), value);
                    } else if required.iter().any(|one| one == name) {
                        object.insert(name.clone(), self.fitting(of, named));
                    }
                }
                Value::Object(object)
            }
            "array" => json!([self.fitting(&schema["items"], named)]),
            "integer" | "number" => schema.get("minimum").cloned().unwrap_or(json!(1)),
            "boolean" => json!(false),
            "string" if schema["format"] == "date" => json!("2030-01-01"),
            "string" => json!("x"),
            _ => Value::Null,
        }
    }

    /// Holds that a value has the shape of a schema.
    pub fn holds(&self, value: &Value, schema: &Value, at: &str) -> Result<()> {
        let schema = self.resolved(schema);
        if schema.as_object().is_none_or(Map::is_empty) {
            return Ok(());
        }
        if let Some(all) = schema["enum"].as_array() {
            if all.contains(value) {
                return Ok(());
            }
            bail!("{at} is {value}, none of {all:?}");
        }
        for several in ["oneOf", "anyOf"] {
            if let Some(all) = schema[several].as_array() {
                if all.iter().any(|one| self.holds(value, one, at).is_ok()) {
                    return Ok(());
                }
                bail!("{at} has none of its shapes: {value}");
            }
        }
        if let Some(all) = schema["allOf"].as_array() {
            return all.iter().try_for_each(|one| self.holds(value, one, at));
        }
        let kinds = match &schema["type"] {
            Value::Array(kinds) => kinds.clone(),
            Value::Null => return Ok(()),
            one => vec![one.clone()],
        };
        let is = match value {
            Value::Null => "null",
            Value::Bool(_) => "boolean",
            Value::Number(number) if number.is_f64() => "number",
            Value::Number(_) => "integer",
            Value::String(_) => "string",
            Value::Array(_) => "array",
            Value::Object(_) => "object",
        };
        let fits = |kind: &Value| kind == is || (kind == "number" && is == "integer");
        if !kinds.iter().any(fits) {
            bail!("{at} is {value}, not {kinds:?}");
        }
        if let Value::Array(items) = value {
            for (n, item) in items.iter().enumerate() {
                self.holds(item, &schema["items"], &format!("{at}[{n}]"))?;
            }
        }
        if let Value::Object(fields) = value {
            for name in schema["required"].as_array().into_iter().flatten() {
                if !fields.contains_key(name.as_str().unwrap()) {
                    bail!("{at} lacks {name}");
                }
            }
            for (name, value) in fields {
                if let Some(of) = schema["properties"].get(name) {
                    self.holds(value, of, &format!("{at}.{name}"))?;
                }
            }
        }
        Ok(())
    }

    /// Holds that an answer is one that the operation promises.
    pub fn promises(&self, of: &Operation, status: u16, head: &str, body: &str) -> Result<()> {
        let responses = of.content["responses"].as_object().unwrap();
        let range = format!("{}XX", status / 100);
        let Some(response) = responses.get(&status.to_string()).or_else(|| responses.get(&range))
        else {
            bail!("{status} is not promised: {body}");
        };
        let head = head.to_ascii_lowercase();
        let json = head.contains("content-type: application/json");
        let promised = response["content"].get("application/json");
        match (promised, json) {
            (Some(promised), true) => {
                self.holds(&serde_json::from_str(body)?, &promised["schema"], "answer")
            }
            (Some(_), false) => bail!("JSON is promised: {head}"),
            (None, _) => Ok(()),
        }
    }

    /// Whether an operation answers with a stream that does not end.
    pub fn streams(&self, of: &Operation) -> bool {
        of.content["responses"]["200"]["content"].get("text/event-stream").is_some()
    }
}

fn kind(schema: &Value) -> &str {
    match &schema["type"] {
        Value::Array(kinds) => {
            kinds.iter().filter_map(Value::as_str).find(|kind| *kind != "null").unwrap_or("null")
        }
        one => one.as_str().unwrap_or_default(),
    }
}
