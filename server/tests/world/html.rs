//! HTML that was made to get past sanitisers: nothing in what is left can run, style, submit or load anything.

use comity::text::sanitize::html;
use proptest::prelude::*;
use serde_json::Value;

use crate::payloads;

/// Elements without any power of their own.
const HARMLESS: &str = " a b bdi blockquote br code del em h1 h2 h3 h4 h5 h6 hr i ins li ol p pre q rp rt ruby s small \
                        span strong sub sup u ul ";
/// Attributes without any power of their own; `href` is looked at.
const PLAIN: &str = " class dir lang rel start reversed value href ";

/// Reads what is left as strictly as HTML was ever written: each `<` begins an element of the list, each attribute is of
/// the list and in double quotes, and text holds no `<` at all. What passes means the same in every browser, since none
/// of these elements changes how its content is read.
fn harm(safe: &str) -> Option<String> {
    let mut rest = safe;
    while let Some(at) = rest.find('<') {
        rest = &rest[at + 1..];
        let is_end = rest.starts_with('/');
        let name_at = usize::from(is_end);
        let name_end =
            name_at + rest[name_at..].find(|letter: char| !letter.is_ascii_alphanumeric())?;
        let name = &rest[name_at..name_end];
        if !HARMLESS.contains(&format!(" {name} ")) {
            return Some(format!("the element {name:?}"));
        }
        rest = &rest[name_end..];
        while !is_end && rest.starts_with(' ') {
            let Some((attribute, after)) = rest[1..].split_once("=\"") else {
                return Some(format!("after {name}: {rest}"));
            };
            let Some((value, after)) = after.split_once('"') else {
                return Some(format!("an open quote in {name}"));
            };
            if !PLAIN.contains(&format!(" {attribute} ")) {
                return Some(format!("the attribute {attribute:?}"));
            }
            let is_web = ["https://", "http://", "mailto:"]
                .iter()
                .any(|scheme| value.to_ascii_lowercase().starts_with(scheme));
            if attribute == "href" && !is_web {
                return Some(format!("the address {value:?}"));
            }
            rest = after;
        }
        let Some(after) = rest.strip_prefix('>') else {
            return Some(format!("no end of {name}: {rest}"));
        };
        rest = after;
    }
    None
}

#[track_caller]
fn is_safe(payload: &str) {
    let once = html(payload);
    assert_eq!(harm(&once), None, "{payload}\nbecame\n{once}");
    assert_eq!(
        html(&once),
        once,
        "a second pass changes something of\n{payload}"
    );
}

#[test]
fn the_strict_reader_sees_harm_where_it_is() {
    for harmful in [
        "<script>x</script>",
        "<p onclick=\"x\">",
        "<a href=\"javascript:x\">",
        "<a href=\"//x\">",
        "<p style=\"x\">",
        "<p a=b>",
        "<svg>",
        "<img src=\"https://x\">",
        "<a href=\" https://x\">",
        "<p class=\"a\"onclick=\"x\">",
        "<!-- x -->",
        "< p>",
        "<p class=\"a>",
        "<iframe>",
        "<form>",
        "<P>",
    ] {
        assert!(harm(harmful).is_some(), "{harmful}");
    }
    assert_eq!(
        harm("<p>1 &lt; 2 <a href=\"https://x\" rel=\"nofollow\">x</a><br></p>"),
        None
    );
}

#[test]
fn small_dangers_of_our_own_become_harmless() {
    for payload in [
        "<scr<script>ipt>alert(1)</script>",
        "<ScRiPt src=//x.example></sCrIpT>",
        "<img src=x onerror=alert(1)//",
        "<svg/onload=alert(1)>",
        "<svg><p><style><a title=\"</style><img src onerror=alert(1)>\">",
        "<math><mtext><table><mglyph><style><img src onerror=alert(1)>",
        "<noscript><p title=\"</noscript><img src=x onerror=alert(1)>\">",
        "<a href=\"java\nscript:alert(1)\">x</a>",
        "<a href=\"&#106;avascript:alert(1)\">x</a>",
        "<a href=\"\u{1}javascript:alert(1)\">x</a>",
        "<a href='vbscript:x'>x</a>",
        "<form><input formaction=javascript:alert(1)><button>",
        "<iframe srcdoc='<script>x</script>'>",
        "<base href=//x.example>",
        "<meta http-equiv=refresh content='0;url=//x.example'>",
        "<link rel=stylesheet href=//x.example>",
        "<p style=background:url(//x.example)>",
        "<template><script>x</script></template>",
        "<textarea><img title=\"</textarea><script>x</script>\">",
        "<!--><script>x</script>-->",
        "<p class=\"card focus trouble\">x</p>",
        "<xmp><script>x</script></xmp>",
        "<plaintext><p onclick=x>",
        "<a href=https://x.example id=s1 name=csrf>x</a>",
        "<object data=x><embed src=x>",
        "<video src=x onerror=x><source onerror=x>",
        "<details ontoggle=x open>",
        "<p/onmouseover=x>x",
    ] {
        is_safe(payload);
    }
}

#[test]
fn the_payloads_of_other_sanitisers_become_harmless() {
    let mut seen = 0;
    for (name, bytes) in payloads("html") {
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let parts: Vec<String> = match serde_json::from_str::<Value>(&text) {
            Ok(list) => texts(&list),
            // The cheat sheet is one page; its lines and its vectors are tried one by one too.
            Err(_) => text
                .lines()
                .map(str::to_owned)
                .chain(text.split("<div id=").map(str::to_owned))
                .chain([text.clone()])
                .collect(),
        };
        assert!(!parts.is_empty(), "{name}");
        for part in parts {
            is_safe(&part);
            seen += 1;
        }
    }
    assert!(seen == 0 || seen > 600, "only {seen} payloads were found");
}

#[test]
fn no_text_of_any_document_is_harmful_once_it_is_cleaned() {
    for folder in ["activitypub", "activitypub-inputs"] {
        for (_, bytes) in payloads(folder) {
            let Ok(document) = serde_json::from_slice::<Value>(&bytes) else {
                continue;
            };
            for text in texts(&document)
                .iter()
                .filter(|text| text.contains(['<', '&']))
            {
                is_safe(text);
            }
        }
    }
}

/// Every text in a document.
fn texts(value: &Value) -> Vec<String> {
    match value {
        Value::String(text) => vec![text.clone()],
        Value::Array(list) => list.iter().flat_map(texts).collect(),
        Value::Object(map) => map.values().flat_map(texts).collect(),
        _ => Vec::new(),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(512) })]

    #[test]
    fn noise_becomes_harmless(pieces in prop::collection::vec(prop::sample::select(vec![
        "<", ">", "</", "/>", "p", "a", "script", "svg", "math", "style", "title", "noscript", "textarea", "template", "select", "table",
        "mglyph", "mtext", "annotation-xml", "foreignObject", " href=", " onclick=", "\"", "'", "javascript:", "https://x.example/", "<!--", "-->",
        "<![CDATA[", "]]>", "&lt;", "&#x3c;", "&", "\u{0}", "=", " ", "x", "é", "<p>", "</p>", "<a href=\"https://x.example\">", "<li>", "<ruby><rt>",
    ]), 0..40)) {
        let payload: String = pieces.concat();
        let once = html(&payload);
        prop_assert_eq!(harm(&once), None, "{} became {}", payload, once);
        prop_assert_eq!(html(&once), once);
    }
}
