//! A person as a page shows them: name, handle, face.

/// How many colours a face can have; the style has one class `hue-N` for each.
pub const HUES: u8 = 12;

/// Someone with a profile, here or elsewhere.
#[derive(Clone, Debug, Default)]
pub struct PersonView {
    /// The account's id, for the forms that act upon them.
    pub id: i64,
    /// Display name, or the username where there is none; any script, never empty.
    pub name: String,
    /// The same with its emoji; safe HTML.
    pub name_html: String,
    /// The username alone, without `@` or server.
    pub handle_local: String,
    /// The server behind the handle, as people read it (Unicode, not punycode); `None` for people of this community.
    pub server: Option<String>,
    /// Their profile on our pages, such as `/@maren@meadow.example`.
    pub url: String,
    /// One or two letters for a face without a picture; see [`initials_of`].
    pub initials: String,
    /// Which of the [`HUES`] colours their face has; see [`hue_of`].
    pub hue: u8,
    /// Address of their picture on our own server, or `None` to show the initials.
    pub avatar: Option<String>,
}

impl PersonView {
    /// The whole handle, `@maren@meadow.example`, or `@ines` for someone of this community.
    pub fn handle(&self) -> String {
        match &self.server {
            Some(server) => format!("@{}@{server}", self.handle_local),
            None => format!("@{}", self.handle_local),
        }
    }

    /// Whether their picture is a copy of one from elsewhere, which may be missing: then the letters are behind it.
    pub fn has_copy(&self) -> bool {
        let copy = self.avatar.as_deref();
        copy.is_some_and(|path| path.starts_with("/media/remote/"))
    }
}

/// One line of a profile, such as "Pronouns: she/her".
#[derive(Clone, Debug, Default)]
pub struct FieldView {
    /// What the line is about; safe HTML.
    pub name_html: String,
    /// What it says; sanitised HTML.
    pub html: String,
    /// Since which day the page that it leads to is known to link back, "3 May 2026".
    pub verified: Option<String>,
}

/// The colour of a face: the same for the same `key` (the handle) everywhere and always.
///
/// FNV-1a, because the standard hasher promises no stable answer between versions.
pub fn hue_of(key: &str) -> u8 {
    let hash = key.bytes().fold(0x811c_9dc5_u32, |hash, byte| {
        (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193)
    });
    u8::try_from(hash % u32::from(HUES)).unwrap_or(0)
}

/// The letters on a face: of the first two words where letters have case, else the first letter alone,
/// because two letters of most other scripts join into something nobody wrote. Falls back to the
/// username when the name has no letter at all, as when it is made of emoji.
pub fn initials_of(name: &str, username: &str) -> String {
    let firsts = |text: &str| -> String {
        text.split_whitespace()
            .filter_map(|word| word.chars().find(|c| c.is_alphanumeric()))
            .take(2)
            .collect()
    };
    let mut letters = firsts(name);
    if letters.is_empty() {
        letters = firsts(username);
    }
    let cased = letters
        .chars()
        .all(|c| c.is_uppercase() || c.is_lowercase());
    if cased {
        letters.to_uppercase()
    } else {
        letters.chars().take(1).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::{HUES, hue_of, initials_of};

    #[test]
    fn initials_suit_the_script() {
        for (name, expected) in [
            ("Ines Okafor", "IO"),
            ("يوسف حداد", "ي"),
            ("初音 さくら", "初"),
            ("⛵️ maren", "M"),
            ("🌊🌊", "A"),
            ("", "A"),
        ] {
            assert_eq!(initials_of(name, "abel"), expected, "{name}");
        }
    }

    #[test]
    fn a_hue_is_stable_and_within_bounds() {
        assert_eq!(hue_of("@ines"), hue_of("@ines"));
        assert!(
            (0..200)
                .map(|n| hue_of(&n.to_string()))
                .all(|hue| hue < HUES)
        );
    }
}
