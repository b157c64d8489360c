//! What ALSA's library has to say, kept off the terminal.

/// Does something with sound devices. Whatever ALSA's library would write on standard error meanwhile goes to the log, at debug: on a
/// machine without a card it is a page of search paths, and no help to anybody who reads the fault.
#[cfg(target_os = "linux")]
pub(super) fn quietly<T>(work: impl FnOnce() -> T) -> T {
    // It is this thread's alone, and stays until the next one takes its place, with what little is said in between.
    let Ok(told) = alsa::Output::local_error_handler() else {
        return work();
    };
    let done = work();
    let text = told.borrow().to_string();
    for line in text.lines() {
        tracing::debug!(target: "alsa", "{line}");
    }
    done
}

#[cfg(not(target_os = "linux"))]
pub(super) fn quietly<T>(work: impl FnOnce() -> T) -> T {
    work()
}
