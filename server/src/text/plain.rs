//! Plain text out of anything: names, warnings, titles.

use ammonia::Builder;

/// Control characters that turn the direction of what follows: a name with one can impersonate another.
fn turns_direction(c: char) -> bool {
    matches!(c, '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' | '\u{061C}')
}

/// One line: white space folded, controls and direction marks gone, ends trimmed.
pub fn line(text: &str) -> String {
    let clean: String = text
        .chars()
        .filter(|c| !turns_direction(*c))
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect();
    clean.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The words of HTML, as one line: some servers put HTML where others put text.
pub fn block(html_or_text: &str) -> String {
    line(&words(html_or_text))
}

fn words(html_or_text: &str) -> String {
    if !html_or_text.contains(['<', '&']) {
        return html_or_text.to_owned();
    }
    let bare = Builder::empty().clean(html_or_text).to_string();
    bare.replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&nbsp;", " ")
        .replace("&quot;", "\"")
        .replace("&amp;", "&")
}

/// HTML with these words and nothing else.
pub fn escape(text: &str) -> String {
    let mut html = String::with_capacity(text.len() + text.len() / 8);
    for c in text.chars() {
        match c {
            '&' => html.push_str("&amp;"),
            '<' => html.push_str("&lt;"),
            '>' => html.push_str("&gt;"),
            '"' => html.push_str("&quot;"),
            '\'' => html.push_str("&#39;"),
            c => html.push(c),
        }
    }
    html
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_cannot_turn_the_text_around() {
        assert_eq!(line("ev\u{202E}il\u{0}\n name "), "evil name");
    }

    #[test]
    fn html_loses_its_tags_and_text_keeps_its_signs() {
        assert_eq!(block("<p>a &amp; <b>b</b></p>"), "a & b");
        assert_eq!(block("1 < 2 & 3"), "1 < 2 & 3");
        assert_eq!(escape("<a href='x'>&"), "&lt;a href=&#39;x&#39;&gt;&amp;");
    }
}
