//! What is looked up for everybody alike, and kept for a moment: who and what comes into question for a list. Nothing of it
//! is shown before the gate was asked for whoever looks.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::Arc;

use tokio::sync::Mutex;

use super::{Order, Week};
use crate::error::Result;

/// How long it is kept: nobody misses what came a minute ago, and many look at the same time.
const KEPT_MS: i64 = 60_000;

/// The newest posts that name something, and what they name.
pub(super) type Named = Vec<(String, i64)>;

/// What came into question lately.
#[derive(Default)]
pub struct Lately {
    /// The first of a list of people: in which order, and of which community alone.
    pub(super) people: Kept<(Order, Option<i64>), Vec<i64>>,
    /// By community.
    pub(super) weeks: Kept<i64, Vec<Week>>,
    pub(super) topics: Kept<(), Named>,
    pub(super) pages: Kept<(), Named>,
    pub(super) posts: Kept<(), Vec<i64>>,
}

/// Answers by what was asked; there are as many as communities live here, and a few.
pub(super) struct Kept<K, V>(Mutex<HashMap<K, (i64, Arc<V>)>>);

impl<K, V> Default for Kept<K, V> {
    fn default() -> Kept<K, V> {
        Kept(Mutex::new(HashMap::new()))
    }
}

impl<K: Eq + Hash, V> Kept<K, V> {
    /// The answer of a moment ago, or what `read` gives. Whoever asks meanwhile waits for the same reading.
    pub(super) async fn get(
        &self,
        key: K,
        now_ms: i64,
        read: impl Future<Output = Result<V>>,
    ) -> Result<Arc<V>> {
        let mut kept = self.0.lock().await;
        if let Some((at, found)) = kept.get(&key)
            && (0..KEPT_MS).contains(&(now_ms - at))
        {
            return Ok(found.clone());
        }
        let found = Arc::new(read.await?);
        kept.insert(key, (now_ms, found.clone()));
        Ok(found)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn an_answer_is_read_once_in_a_while_and_an_error_is_not_kept() {
        let kept: Kept<i64, i64> = Kept::default();
        let wrong = async { Err(crate::error::Error::NotFound) };
        assert!(kept.get(1, 0, wrong).await.is_err());
        let get =
            async |key, now_ms, value| *kept.get(key, now_ms, async { Ok(value) }).await.unwrap();
        assert_eq!(get(1, 0, 10).await, 10);
        assert_eq!(get(1, KEPT_MS - 1, 20).await, 10);
        assert_eq!(get(2, 0, 30).await, 30);
        assert_eq!(get(1, KEPT_MS, 20).await, 20);
        assert_eq!(get(1, 0, 40).await, 40, "the clock went back");
    }
}
