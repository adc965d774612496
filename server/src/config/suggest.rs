//! "Did you mean": the known word that is fewest letters away.

/// More letters away than this is not a slip of the fingers.
const FARTHEST: usize = 4;

/// The nearest of `known`, if it is near at all. Compares whole names, and their last part alone, so that a key that
/// was put in the wrong section finds its home.
pub fn nearest<'a>(word: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let last = |name: &str| name.rsplit('.').next().unwrap_or_default().to_owned();
    known
        .map(|name| {
            (
                distance(word, name).min(distance(&last(word), &last(name)) + 1),
                name,
            )
        })
        .min()
        .filter(|(away, _)| *away <= FARTHEST.min(word.len() / 2))
        .map(|(_, name)| name)
}

/// Levenshtein's distance: letters added, left out or exchanged.
fn distance(from: &str, to: &str) -> usize {
    let to: Vec<char> = to.chars().collect();
    let mut row: Vec<usize> = (0..=to.len()).collect();
    for (i, letter) in from.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, other) in to.iter().enumerate() {
            let exchanged = diagonal + usize::from(letter != *other);
            diagonal = row[j + 1];
            row[j + 1] = exchanged.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[to.len()]
}
