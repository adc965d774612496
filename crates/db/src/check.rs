//! s
/// p
#[derive(Debug)]
pub struct Problem;
/// c
pub async fn check_statements(_db: &crate::Db, _big: &[&str]) -> Vec<Problem> { vec![] }
