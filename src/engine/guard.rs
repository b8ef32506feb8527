//! Keeps a panic in one frame from ending the run.

use std::cell::{Cell, RefCell};
use std::panic::{self, AssertUnwindSafe};
use std::sync::Once;

thread_local! {
    static GUARDED: Cell<bool> = const { Cell::new(false) };
    static PANIC: RefCell<String> = const { RefCell::new(String::new()) };
}
static HOOK: Once = Once::new();

/// Does some work; a panic in it becomes an error with its message and place in the code, and is not printed.
pub(super) fn guard<T>(work: impl FnOnce() -> T) -> Result<T, String> {
    HOOK.call_once(|| {
        let usual = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            if GUARDED.get() {
                PANIC.with_borrow_mut(|text| *text = info.to_string().replace('\n', " "));
            } else {
                usual(info);
            }
        }));
    });
    let outer = GUARDED.replace(true);
    // Unwind safety: what the work borrows mutably is dropped with it or is a plain counter.
    let result = panic::catch_unwind(AssertUnwindSafe(work));
    GUARDED.set(outer);
    result.map_err(|_| format!("{}; please report this defect with the picture", PANIC.take()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_becomes_a_message_with_its_place() {
        assert_eq!(guard(|| 1), Ok(1));
        let message = guard(|| -> u8 { panic!("bad film") }).unwrap_err();
        assert!(message.contains("bad film") && message.contains("guard.rs"), "{message}");
    }
}
