//! The program `errand`, for tests that run it as a process of its own.

use std::process::ExitCode;

fn main() -> ExitCode {
    errand_cli::run()
}
