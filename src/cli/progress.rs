//! Shows how far a run is: a bar on a terminal, otherwise a line every few seconds.

use crate::engine::Progress;
use indicatif::{ProgressBar, ProgressStyle};
use std::io::{IsTerminal, Write};
use std::sync::Arc;
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

const BAR_EVERY: Duration = Duration::from_millis(200);
const LINE_EVERY: Duration = Duration::from_secs(10);

/// A thread that shows the progress until it is told to finish.
pub(super) struct Display {
    done: Sender<()>,
    thread: Option<JoinHandle<()>>,
}

impl Display {
    /// Starts showing.
    pub(super) fn start(progress: Arc<Progress>) -> Self {
        let (done, wait) = channel();
        let bar = bar();
        let every = if bar.is_some() { BAR_EVERY } else { LINE_EVERY };
        let work = move || {
            let start = Instant::now();
            while wait.recv_timeout(every) == Err(RecvTimeoutError::Timeout) {
                show(bar.as_ref(), &progress, start);
            }
            if let Some(bar) = bar {
                bar.finish_and_clear();
            }
        };
        // Without a thread the run goes on unseen.
        let thread = std::thread::Builder::new().name("progress".to_owned()).spawn(work).ok();
        Self { done, thread }
    }

    /// Clears the bar.
    pub(super) fn finish(mut self) {
        // The thread may be gone already.
        let _ = self.done.send(());
        let _ = self.thread.take().map(JoinHandle::join);
    }
}

fn bar() -> Option<ProgressBar> {
    if !std::io::stderr().is_terminal() {
        return None;
    }
    let style = ProgressStyle::with_template("{bar:30} {pos}/{len} frames  {per_sec}  {eta} left  {msg}").ok()?;
    Some(ProgressBar::new(0).with_style(style))
}

fn show(bar: Option<&ProgressBar>, progress: &Progress, start: Instant) {
    let (done, total, failed) = (progress.done(), progress.total(), progress.failed());
    if let Some(bar) = bar {
        bar.set_length(total);
        bar.set_position(done);
        if failed > 0 {
            bar.set_message(format!("{failed} failed"));
        }
        return;
    }
    let seconds = start.elapsed().as_secs_f64();
    let rate = done as f64 / seconds;
    let left = if done > 0 { format!("{:.0} s left", total.saturating_sub(done) as f64 / rate) } else { String::new() };
    // Nothing can be done if standard error is gone.
    let _ = writeln!(std::io::stderr(), "{done}/{total} frames, {failed} failed, {rate:.1} frames/s, {left}");
}
