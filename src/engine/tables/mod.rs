//! Runs a table layout over files: each file is read, checked and committed by itself.

mod input;
mod restore;
mod rows;
mod run;

pub use input::{LayoutFile, is_layout};
pub use restore::{Restored, restore};
pub use run::run_tables;

#[cfg(test)]
mod tests;
