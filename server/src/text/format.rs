//! In what people type: plain text, or Markdown.

/// How what was typed is read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Format {
    /// As it stands.
    #[default]
    Plain,
    /// Markdown as most know it, with what is struck through.
    Markdown,
}

impl Format {
    /// Every one.
    pub const ALL: [Format; 2] = [Format::Plain, Format::Markdown];

    /// The media type, which is what is stored and what apps send.
    pub fn as_str(self) -> &'static str {
        match self {
            Format::Plain => "text/plain",
            Format::Markdown => "text/markdown",
        }
    }

    /// Reads [`Format::as_str`].
    pub fn parse(word: &str) -> Option<Format> {
        Format::ALL
            .into_iter()
            .find(|format| format.as_str() == word)
    }
}
