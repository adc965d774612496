//! Dictionaries of RFC 9651, read more strictly than the RFC does.

use std::convert::Infallible;

use sfv::visitor::{DictionaryVisitor, EntryVisitor, Ignored};
use sfv::{Dictionary, KeyRef, Parser};

/// Reads a dictionary that names nothing twice. The RFC lets the last value win and the first
/// vanish; for signatures and digests that would leave two programs with two truths.
pub(crate) fn dictionary(text: &str) -> Option<Dictionary> {
    let dictionary: Dictionary = Parser::new(text).parse().ok()?;
    let named = Parser::new(text)
        .parse_dictionary_with_visitor(Count(0))
        .ok()?;
    (named == dictionary.len()).then_some(dictionary)
}

struct Count(usize);

impl<'de> DictionaryVisitor<'de> for Count {
    type Out = usize;
    type Error = Infallible;

    fn entry(&mut self, _key: &'de KeyRef) -> Result<impl EntryVisitor<'de>, Infallible> {
        self.0 += 1;
        Ok(Ignored)
    }

    fn finish(self) -> Result<usize, Infallible> {
        Ok(self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_may_come_once() {
        assert_eq!(dictionary("a=1, b=2").map(|read| read.len()), Some(2));
        assert!(dictionary("a=1, b=2, a=3").is_none());
        assert!(dictionary("a=(").is_none());
    }
}
