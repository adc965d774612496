//! Where a list goes on: `?max_id=…&limit=…`, and the link to the next page.

use axum::extract::FromRequestParts;
use http::request::Parts;

use crate::app::App;
use crate::error::Error;

/// Items on a page when nobody says.
const USUAL: i64 = 20;
/// Items on a page at most: what one query and one batch of decisions should carry.
const MOST: i64 = 40;

/// Which part of a list is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Page {
    /// Only items with smaller ids: older ones.
    pub max_id: Option<i64>,
    /// How many, within bounds.
    pub limit: i64,
}

impl Default for Page {
    fn default() -> Page {
        Page {
            max_id: None,
            limit: USUAL,
        }
    }
}

impl Page {
    /// From a query string. What is no number counts as not said; a limit is brought within bounds.
    pub fn from_query(query: &str) -> Page {
        let number = |name: &str| {
            url::form_urlencoded::parse(query.as_bytes())
                .find(|(key, _)| key == name)
                .and_then(|(_, value)| value.parse::<i64>().ok())
        };
        Page {
            max_id: number("max_id").filter(|id| *id >= 0),
            limit: number("limit").unwrap_or(USUAL).clamp(1, MOST),
        }
    }

    /// How many, for lists in memory.
    pub fn length(&self) -> usize {
        usize::try_from(self.limit).unwrap_or_default()
    }

    /// For "smaller than" in SQL: without `max_id`, everything is.
    pub fn below(&self) -> i64 {
        self.max_id.unwrap_or(i64::MAX)
    }

    /// The link to what comes after `last_id`, if this page was full.
    pub fn older(&self, path: &str, shown: usize, last_id: Option<i64>) -> Option<String> {
        let full = i64::try_from(shown).unwrap_or(i64::MAX) >= self.limit;
        let last_id = last_id.filter(|_| full)?;
        let joint = if path.contains('?') { '&' } else { '?' };
        let limit = if self.limit == USUAL {
            String::new()
        } else {
            format!("&limit={}", self.limit)
        };
        Some(format!("{path}{joint}max_id={last_id}{limit}"))
    }
}

impl FromRequestParts<App> for Page {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, _: &App) -> Result<Page, Error> {
        Ok(Page::from_query(parts.uri.query().unwrap_or_default()))
    }
}

#[cfg(test)]
mod tests {
    use super::Page;

    #[test]
    fn a_page_keeps_within_bounds() {
        for (query, max_id, limit) in [
            ("", None, 20),
            ("max_id=7&limit=5", Some(7), 5),
            ("limit=0", None, 1),
            ("limit=100000", None, 40),
            ("max_id=-1&limit=x", None, 20),
            ("max_id=99999999999999999999", None, 20),
        ] {
            assert_eq!(Page::from_query(query), Page { max_id, limit }, "{query}");
        }
    }

    #[test]
    fn only_a_full_page_has_a_next_one() {
        let page = Page {
            max_id: None,
            limit: 20,
        };
        assert_eq!(
            page.older("/home", 20, Some(7)).as_deref(),
            Some("/home?max_id=7")
        );
        assert_eq!(
            page.older("/home?a=b", 20, Some(7)).as_deref(),
            Some("/home?a=b&max_id=7")
        );
        assert_eq!(page.older("/home", 19, Some(7)), None);
        assert_eq!(page.older("/home", 20, None), None);
    }
}
