//! Where tests find the real film that is kept beside the project.

use std::path::PathBuf;

/// The folder `film` of the shared data, if it is there; says so on the console if not.
pub(crate) fn shared_film() -> Option<PathBuf> {
    let root = std::env::var_os("IONOSCRIBE_SHARED")
        .map_or_else(|| PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../shared")), PathBuf::from);
    let film = root.join("film");
    if film.is_dir() {
        Some(film)
    } else {
        eprintln!("skipped: no shared film");
        None
    }
}
