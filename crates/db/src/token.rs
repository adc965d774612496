//! SQL cut into tokens: enough to find words, parameters and parentheses outside quotes and
//! comments. Putting all tokens together gives the text again.

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Token<'a> {
    pub(crate) kind: TokenKind,
    pub(crate) text: &'a str,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum TokenKind {
    /// A keyword or a plain name.
    Word,
    /// A name in double quotes.
    Quoted,
    /// `$1`.
    Parameter,
    Open,
    Close,
    Semicolon,
    /// Blanks and comments.
    Blank,
    /// Literals, operators, commas.
    Other,
}

impl Token<'_> {
    /// Whether it is this keyword, in any case.
    pub(crate) fn is(&self, keyword: &str) -> bool {
        self.kind == TokenKind::Word && self.text.eq_ignore_ascii_case(keyword)
    }

    /// The name it spells: a plain one in lower case, as both engines compare them.
    pub(crate) fn name(&self) -> Option<String> {
        match self.kind {
            TokenKind::Word => Some(self.text.to_ascii_lowercase()),
            TokenKind::Quoted => Some(self.text.trim_matches('"').replace("\"\"", "\"")),
            _ => None,
        }
    }
}

/// Cuts a text into tokens.
pub(crate) fn tokens(text: &str) -> Vec<Token<'_>> {
    let mut tokens = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let (kind, length) = next(rest, first);
        let (token, after) = rest.split_at(length);
        tokens.push(Token { kind, text: token });
        rest = after;
    }
    tokens
}

fn next(rest: &str, first: char) -> (TokenKind, usize) {
    match first {
        '(' => (TokenKind::Open, 1),
        ')' => (TokenKind::Close, 1),
        ';' => (TokenKind::Semicolon, 1),
        '\'' => (TokenKind::Other, quoted(rest, '\'')),
        '"' => (TokenKind::Quoted, quoted(rest, '"')),
        '$' => dollar(rest),
        '-' if rest.starts_with("--") => (TokenKind::Blank, rest.find('\n').unwrap_or(rest.len())),
        '/' if rest.starts_with("/*") => (
            TokenKind::Blank,
            rest.find("*/").map_or(rest.len(), |end| end + 2),
        ),
        first if first.is_whitespace() => (
            TokenKind::Blank,
            rest.find(|c: char| !c.is_whitespace())
                .unwrap_or(rest.len()),
        ),
        first if first.is_alphabetic() || first == '_' => {
            let end = rest.find(|c: char| !(c.is_alphanumeric() || c == '_' || c == '$'));
            (TokenKind::Word, end.unwrap_or(rest.len()))
        }
        first if first.is_ascii_digit() => {
            // Together with what follows, so that `1e5` has no word in it.
            let end = rest.find(|c: char| !(c.is_alphanumeric() || c == '.' || c == '_'));
            (TokenKind::Other, end.unwrap_or(rest.len()))
        }
        other => (TokenKind::Other, other.len_utf8()),
    }
}

/// The length of a quoted text; a doubled quote stands for itself.
fn quoted(rest: &str, quote: char) -> usize {
    let mut from = 1;
    loop {
        let Some(end) = rest[from..].find(quote) else {
            return rest.len();
        };
        from += end + 1;
        if !rest[from..].starts_with(quote) {
            return from;
        }
        from += 1;
    }
}

/// `$1`, or PostgreSQL's `$tag$ … $tag$`.
fn dollar(rest: &str) -> (TokenKind, usize) {
    let after = &rest[1..];
    let digits = after
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(after.len());
    if digits > 0 {
        return (TokenKind::Parameter, 1 + digits);
    }
    let tag = after
        .find(|c: char| !(c.is_alphanumeric() || c == '_'))
        .unwrap_or(after.len());
    if !after[tag..].starts_with('$') {
        return (TokenKind::Other, 1);
    }
    let fence = &rest[..tag + 2];
    let body = &rest[fence.len()..];
    let end = body
        .find(fence)
        .map_or(rest.len(), |end| end + 2 * fence.len());
    (TokenKind::Other, end)
}

#[cfg(test)]
mod tests {
    use super::{TokenKind, tokens};

    #[test]
    fn quotes_and_comments_hide_what_is_in_them() {
        let text = "SELECT 'it''s $1' AS \"a $2\", $3 -- $4\n/* $5 */ FROM t WHERE x = $6 AND y = $q$ $7 $q$";
        let parameters: Vec<_> = tokens(text)
            .into_iter()
            .filter(|token| token.kind == TokenKind::Parameter)
            .map(|token| token.text)
            .collect();
        assert_eq!(parameters, ["$3", "$6"]);
    }

    #[test]
    fn the_tokens_put_together_are_the_text() {
        for text in [
            "",
            "'",
            "\"",
            "$",
            "$a",
            "$a$ x",
            "/*",
            "é'é\"é",
            "1e5x;",
            "a$b('x''')--",
        ] {
            let together: String = tokens(text).iter().map(|token| token.text).collect();
            assert_eq!(together, text);
        }
    }
}
