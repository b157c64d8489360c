use std::io::ErrorKind;
use std::path::Path;

use errand_voice_core::{EngineFault, WakeModel};

use super::catalogue::Catalogue;
use super::unpack::read_piece;

const ENGINE: &str = "wake word";
/// Its name in the list.
const NAME: &str = "wake";

/// The wake word's network from the folder of models, where `errand voice setup wake` put it. Each file is held against its digest.
///
/// # Errors
/// [`EngineFault::Missing`] where it was not fetched, [`EngineFault::Broken`] where a file is not the one that was fetched.
pub fn wake_model(models: &Path) -> Result<WakeModel, EngineFault> {
    let broken = |what: &str, cause: String| EngineFault::Broken {
        engine: ENGINE,
        what: what.to_owned(),
        cause,
    };
    let catalogue = Catalogue::built_in().map_err(|e| broken("the list", e.to_string()))?;
    let model = catalogue.get(NAME);
    let Some([spectrum, embeddings]) = model.map(|model| model.pieces.as_slice()) else {
        return Err(broken("the list", "it does not name its files".to_owned()));
    };
    let place = models.join(NAME);
    let read = |piece| match read_piece(&place, piece) {
        Ok(Some(content)) => Ok(content),
        Ok(None) => Err(broken(&piece.file, "its digest is another one".to_owned())),
        Err(error) if error.kind() == ErrorKind::NotFound => Err(EngineFault::Missing {
            engine: ENGINE,
            missing: "its network".to_owned(),
            remedy: "fetch it with `errand voice setup wake`".to_owned(),
        }),
        Err(error) => Err(broken(&piece.file, error.kind().to_string())),
    };
    WakeModel::read(&read(spectrum)?, &read(embeddings)?)
}
