//! Whole-program tests: the command as a user runs it, on small pictures that the tests draw.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

mod program {
    pub(crate) mod bench;
    mod bad_inputs;
    mod exports;
    mod interop;
    mod interruption;
    mod metamorphic;
    mod migrate;
    mod pictures;
    mod questions;
    mod sharing;
    mod simulated;
    mod statistics;
    mod strips;
    mod table;
}
