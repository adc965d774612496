//! Lists as pages.
