//! Hands out what there is to do, one segment after the other: segments to open, and the frames of open ones in order.
//!
//! No more segments are open at a time than there are threads, but for one: memory does not grow with the number of
//! segments.

use super::open::OpenSegment;
use super::run::PendingSegment;
use std::collections::VecDeque;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

/// What a thread is to do next.
pub(super) enum Task<'a> {
    /// Open a segment and [`Queue::add`] it; or drop the promise.
    Open(&'a PendingSegment<'a>, OpenGuard<'a>),
    /// Look at a frame.
    Frame(Arc<OpenSegment<'a>>, usize),
}

/// The work that is left.
pub(super) struct Queue<'a>(Arc<Shared<'a>>);

struct Shared<'a> {
    state: Mutex<State<'a>>,
    changed: Condvar,
}

struct State<'a> {
    closed: std::slice::Iter<'a, PendingSegment<'a>>,
    open: VecDeque<(Arc<OpenSegment<'a>>, std::vec::IntoIter<usize>)>,
    /// Segments that are being opened: who finds no frame waits for theirs.
    opening: usize,
}

/// The promise that a segment is being opened.
pub(super) struct OpenGuard<'a>(Arc<Shared<'a>>);

impl<'a> Queue<'a> {
    /// All the work on some segments.
    pub(super) fn new(unfinished_segments: &'a [PendingSegment<'a>]) -> Self {
        let state = State { closed: unfinished_segments.iter(), open: VecDeque::new(), opening: 0 };
        Self(Arc::new(Shared { state: Mutex::new(state), changed: Condvar::new() }))
    }

    /// What to do next; waits while other threads are opening segments. `None` when nothing is left.
    pub(super) fn next(&self) -> Option<Task<'a>> {
        let mut state = self.0.lock();
        loop {
            while let Some((segment, frames)) = state.open.front_mut() {
                if let Some(frame) = frames.next() {
                    return Some(Task::Frame(Arc::clone(segment), frame));
                }
                state.open.pop_front();
            }
            if let Some(unfinished_segments) = state.closed.next() {
                state.opening += 1;
                return Some(Task::Open(unfinished_segments, OpenGuard(Arc::clone(&self.0))));
            }
            if state.opening == 0 {
                return None;
            }
            state = self.0.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// Takes up an open segment.
    pub(super) fn add(&self, opening: OpenGuard<'a>, segment: Arc<OpenSegment<'a>>) {
        let frames = segment.pending().into_iter();
        self.0.lock().open.push_back((segment, frames));
        drop(opening);
    }

    /// Gives up what is left.
    pub(super) fn close(&self) {
        let mut state = self.0.lock();
        state.open.clear();
        state.closed = [].iter();
    }
}

impl<'a> Shared<'a> {
    fn lock(&self) -> MutexGuard<'_, State<'a>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for OpenGuard<'_> {
    fn drop(&mut self) {
        self.0.lock().opening -= 1;
        self.0.changed.notify_all();
    }
}
