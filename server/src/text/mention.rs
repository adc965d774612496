//! `@name` and `@name@server` in what people type.

use comity_vocab::Handle;

use super::scan::{self, Token};

/// The handles a text names, in order, each spelling once.
pub fn handles(text: &str) -> Vec<Handle> {
    let mut found: Vec<Handle> = Vec::new();
    for (_, token) in scan::tokens(text) {
        if let Token::Mention(handle) = token
            && !found.contains(&handle)
        {
            found.push(handle);
        }
    }
    found
}

/// Reads a mention at the start of `rest`; `before` is the character in front of it. Returns its length in bytes.
pub(super) fn at_start(before: Option<char>, rest: &str) -> Option<(usize, Handle)> {
    if before.is_some_and(|c| c.is_alphanumeric() || matches!(c, '_' | '/' | '@')) {
        return None;
    }
    let name = trimmed(taken(&rest[1..], |c| {
        c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-')
    }));
    if name.is_empty() {
        return None;
    }
    let short = 1 + name.len();
    let host = rest[short..].strip_prefix('@').map(|after| {
        trimmed(taken(after, |c| {
            c.is_alphanumeric() || matches!(c, '.' | '-' | ':')
        }))
    });
    if let Some(host) = host.filter(|host| !host.is_empty()) {
        let length = short + 1 + host.len();
        return Handle::parse(&rest[..length])
            .ok()
            .map(|handle| (length, handle));
    }
    Handle::parse(&rest[..short])
        .ok()
        .map(|handle| (short, handle))
}

fn taken(text: &str, belongs: impl Fn(char) -> bool) -> &str {
    let end = text.find(|c| !belongs(c)).unwrap_or(text.len());
    &text[..end]
}

/// A sentence may end right after a name.
fn trimmed(name: &str) -> &str {
    name.trim_end_matches(['.', '-', ':'])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_end_where_sentences_do() {
        let names: Vec<String> =
            handles("hi @a, @b@c.example. and (@d_e@bücher.example:8080) not x@y.example or /@z")
                .iter()
                .map(ToString::to_string)
                .collect();
        assert_eq!(
            names,
            ["@a", "@b@c.example", "@d_e@xn--bcher-kva.example:8080"]
        );
    }
}
