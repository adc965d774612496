//! From a file or a variable to the settings, and what is told when one does not fit.

use super::keys::{self, Key, Kind};
use super::suggest::nearest;
use super::{Config, ConfigError};

/// Puts one value in its place. `origin` is the file or the variable it came from.
pub(super) fn set(
    config: &mut Config,
    name: &str,
    text: &str,
    origin: &str,
) -> Result<(), ConfigError> {
    let key = find(name, origin)?;
    (key.take)(config, text)
        .map_err(|why| ConfigError::new(format!("{name} is \"{text}\" in {origin}; it {why}")))
}

/// Each key of the file with its value as text.
pub(super) fn read_toml(file: &str, text: &str) -> Result<Vec<(String, String)>, ConfigError> {
    let table: toml::Table = text.parse().map_err(|error: toml::de::Error| {
        let line = error.span().map_or(1, |span| {
            let before = text.get(..span.start).unwrap_or(text);
            1 + before.matches('\n').count()
        });
        // Its own words may take several lines.
        let why: Vec<&str> = error.message().split_whitespace().collect();
        ConfigError::new(format!(
            "could not read the settings in {file}, line {line}: {}; write a setting like name = \"Harbour\"",
            why.join(" ")
        ))
    })?;
    let mut found = Vec::new();
    flatten("", &table, file, &mut found)?;
    Ok(found)
}

fn flatten(
    section: &str,
    table: &toml::Table,
    file: &str,
    found: &mut Vec<(String, String)>,
) -> Result<(), ConfigError> {
    for (name, value) in table {
        let path = if section.is_empty() {
            name.clone()
        } else {
            format!("{section}.{name}")
        };
        if let toml::Value::Table(inner) = value {
            let prefix = format!("{path}.");
            if !keys::all().any(|key| key.name.starts_with(&prefix)) {
                return Err(unknown(&path, file));
            }
            flatten(&path, inner, file, found)?;
            continue;
        }
        let key = find(&path, file)?;
        let text = match (key.kind, value) {
            (Kind::Text, toml::Value::String(text)) => text.clone(),
            (Kind::Number, toml::Value::Integer(number)) => number.to_string(),
            (Kind::Switch, toml::Value::Boolean(on)) => on.to_string(),
            (kind, other) => {
                return Err(ConfigError::new(format!(
                    "{path} is {other} in {file}; it must be {}",
                    kind.words()
                )));
            }
        };
        found.push((path, text));
    }
    Ok(())
}

fn find(name: &str, origin: &str) -> Result<&'static Key, ConfigError> {
    keys::all()
        .find(|key| key.name == name)
        .ok_or_else(|| unknown(name, origin))
}

fn unknown(name: &str, origin: &str) -> ConfigError {
    let remedy = match nearest(name, keys::all().map(|key| key.name)) {
        Some(meant) => format!("did you mean {meant}?"),
        None => "run `comity config example` for those there are".to_owned(),
    };
    ConfigError::new(format!(
        "there is no setting {name}, named in {origin}: {remedy}"
    ))
}
