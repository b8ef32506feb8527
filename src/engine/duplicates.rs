//! Finds files that occur more than once, whose frames would otherwise bear the same name.

use super::{Pictures, Segment};
use rayon::prelude::*;
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::Path;

/// Bytes at the start and at the end that are compared before whole files are: film scans differ there.
const PROBE_BYTES: u64 = 4096;

/// For each file whose contents occurred before in the order of the segments: which occurrence it is, from 2. Files are
/// named as in the dataset. Only files of the same size are opened, and only those that also begin and end alike are
/// read. A file that cannot be read is nobody's duplicate.
pub(super) fn duplicates<'a>(segments: impl Iterator<Item = &'a Segment>) -> BTreeMap<String, u32> {
    let mut paths: Vec<&Path> = Vec::new();
    let mut seen = BTreeSet::new();
    for segment in segments {
        match &segment.pictures {
            Pictures::Scans(scans) => {
                paths.extend(scans.iter().map(|scan| &*scan.path).filter(|path| seen.insert(*path)));
            }
            Pictures::Strip(strip) => paths.extend(seen.insert(&*strip.path).then_some(&*strip.path)),
        }
    }
    let sizes = |path: &Path| std::fs::metadata(path).ok().map(|metadata| metadata.len());
    let alike = repeated(&paths, sizes);
    let alike = repeated(&alike, |path| hash(path, Some(PROBE_BYTES)).ok());
    let hashes: Vec<Option<[u8; 32]>> = alike.par_iter().map(|path| hash(path, None).ok()).collect();
    let mut counts: BTreeMap<[u8; 32], u32> = BTreeMap::new();
    let mut duplicates = BTreeMap::new();
    for (path, hash) in alike.iter().zip(hashes) {
        let Some(hash) = hash else { continue };
        let count = counts.entry(hash).or_default();
        *count += 1;
        if *count > 1 {
            duplicates.insert(path.to_string_lossy().replace('\\', "/"), *count);
        }
    }
    duplicates
}

/// The files whose key another file has too, in order.
fn repeated<'a, K: Ord + Send>(paths: &[&'a Path], key: impl Fn(&Path) -> Option<K> + Sync) -> Vec<&'a Path> {
    let keys: Vec<Option<K>> = paths.par_iter().map(|path| key(path)).collect();
    let mut counts: BTreeMap<&K, u32> = BTreeMap::new();
    for key in keys.iter().flatten() {
        *counts.entry(key).or_default() += 1;
    }
    let is_repeated = |key: &Option<K>| key.as_ref().and_then(|key| counts.get(key)).is_some_and(|&count| count > 1);
    paths.iter().zip(&keys).filter(|(_, key)| is_repeated(key)).map(|(path, _)| *path).collect()
}

/// SHA-256 of a file, or of its two ends.
fn hash(path: &Path, ends: Option<u64>) -> std::io::Result<[u8; 32]> {
    let mut file = File::open(path)?;
    let mut hash = Sha256::new();
    match ends {
        None => {
            std::io::copy(&mut file, &mut hash)?;
        }
        Some(ends) => {
            let size = file.metadata()?.len();
            std::io::copy(&mut file.by_ref().take(ends), &mut hash)?;
            file.seek(SeekFrom::Start(size.saturating_sub(ends)))?;
            std::io::copy(&mut file.by_ref().take(ends), &mut hash)?;
        }
    }
    Ok(hash.finalize().into())
}
