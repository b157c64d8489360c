//! `errand`: see the library.

use std::process::ExitCode;

fn main() -> ExitCode {
    errand_cli::run()
}
