//! Plain text out of anything: names, warnings, titles.

use ammonia::Builder;

use super::weight;

/// No name, title, warning or preview is read further than so many bytes.
const LONGEST: usize = 20_000;

/// Control characters that turn the direction of what follows: a name with one can impersonate another.
fn turns_direction(c: char) -> bool {
    matches!(c, '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' | '\u{061C}')
}

/// One line: white space folded, controls and direction marks gone, ends trimmed.
pub fn line(text: &str) -> String {
    let text = cut(text, LONGEST);
    let clean: String = text
        .chars()
        .filter(|c| !turns_direction(*c))
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect();
    clean.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The words of HTML, as one line: some servers put HTML where others put text.
pub fn block(html_or_text: &str) -> String {
    line(&words(cut(html_or_text, LONGEST)))
}

/// The words of HTML that is clean, as something is looked for in them: where a line or a paragraph ends is a space.
pub fn spaced(html: &str) -> String {
    let mut text = String::with_capacity(html.len());
    let mut rest = html;
    while let Some(at) = rest.find('<') {
        let (before, from) = rest.split_at(at);
        text.push_str(before);
        let Some(end) = from.find('>') else {
            rest = "";
            break;
        };
        let name = from[1..end].trim_start_matches('/');
        let name = name.split([' ', '/']).next().unwrap_or_default();
        // Only these stand within a line; words go on across them.
        if !matches!(
            name,
            "a" | "span" | "b" | "i" | "em" | "strong" | "u" | "s" | "del" | "code" | "sub" | "sup"
        ) {
            text.push(' ');
        }
        rest = &from[end + 1..];
    }
    text.push_str(rest);
    unescape(&text)
}

/// At most `most` bytes, cut between characters.
pub fn cut(text: &str, most: usize) -> &str {
    &text[..text.floor_char_boundary(most)]
}

/// The words of HTML that would make too much work to be read as such: whatever looks like a tag goes.
pub(super) fn without_tags(html: &str) -> String {
    let mut text = String::new();
    let mut rest = html;
    while let Some(at) = rest.find('<') {
        let (before, from) = rest.split_at(at);
        text.push_str(before);
        let is_tag = from[1..].is_empty()
            || from[1..]
                .starts_with(|next: char| next.is_ascii_alphabetic() || "/!?".contains(next));
        if is_tag {
            rest = from.find('>').map_or("", |end| &from[end + 1..]);
        } else {
            text.push('<');
            rest = &from[1..];
        }
    }
    text.push_str(rest);
    unescape(&text)
}

/// The beginning of the words of HTML: at most `most` characters, with a sign where more follow.
pub fn excerpt(html_or_text: &str, most: usize) -> String {
    beginning(&block(html_or_text), most)
}

/// The same of what is words already.
pub fn beginning(words: &str, most: usize) -> String {
    let mut short: String = words.chars().take(most).collect();
    if short.len() < words.len() {
        short.push('…');
    }
    short
}

fn words(html_or_text: &str) -> String {
    if !html_or_text.contains(['<', '&']) {
        return html_or_text.to_owned();
    }
    if !weight::is_light(html_or_text) {
        return without_tags(html_or_text);
    }
    unescape(&Builder::empty().clean(html_or_text).to_string())
}

fn unescape(escaped: &str) -> String {
    escaped
        .replace("&lt;", "<")
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
    fn a_flood_of_tags_leaves_its_words_at_the_speed_of_reading() {
        let mut flood = String::new();
        for n in 0..20_000 {
            flood += &format!("<p><b id={n}>word ");
        }
        let text = block(&flood);
        assert!(text.starts_with("word word") && text.len() <= LONGEST && !text.contains('<'));
        assert_eq!(
            without_tags("1 < 2 <b>&amp;</b> 3 <never closed"),
            "1 < 2 & 3 "
        );
    }

    #[test]
    fn an_excerpt_says_that_there_is_more() {
        assert_eq!(excerpt("<p>fünf und</p>", 4), "fünf…");
        assert_eq!(excerpt("<p>fünf</p>", 4), "fünf");
    }

    #[test]
    fn words_of_two_lines_do_not_run_together() {
        let html = "<p>one</p><p>t<b>w</b>o<br>three &lt;4&gt;</p>";
        assert_eq!(
            spaced(html)
                .split_whitespace()
                .collect::<Vec<_>>()
                .join(" "),
            "one two three <4>"
        );
    }

    #[test]
    fn html_loses_its_tags_and_text_keeps_its_signs() {
        assert_eq!(block("<p>a &amp; <b>b</b></p>"), "a & b");
        assert_eq!(block("1 < 2 & 3"), "1 < 2 & 3");
        assert_eq!(escape("<a href='x'>&"), "&lt;a href=&#39;x&#39;&gt;&amp;");
    }
}
