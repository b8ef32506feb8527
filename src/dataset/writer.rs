//! Rows into Parquet files, one for each table and partition.

use super::batch::{self, Provenance};
use super::rows::{Keyed, Rows};
use super::{DatasetError, Identity, Partition, Table};
use arrow::array::RecordBatch;
use arrow::error::ArrowError;
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, ZstdLevel};
use parquet::errors::ParquetError;
use parquet::file::metadata::KeyValue;
use parquet::file::properties::{EnabledStatistics, WriterProperties};
use rayon::prelude::*;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Rows of a row group: fixed, so that the files do not depend on a library's default.
const ROW_GROUP_ROWS: usize = 1 << 17;
/// Rows of a page.
const PAGE_ROWS: usize = 20_000;
/// Level of zstd: beyond it files shrink by less than 2 % and take twice as long.
const ZSTD_LEVEL: i32 = 3;

/// A Parquet file ready to be written.
#[derive(Debug)]
pub(super) struct Encoded {
    /// Path below the dataset's folder.
    pub(super) path: PathBuf,
    /// Number of rows.
    pub(super) rows: u64,
    /// The file's contents.
    pub(super) bytes: Vec<u8>,
}

/// The encoding of one table.
type EncodeTable<'a> = Box<dyn FnOnce() -> Result<Vec<Encoded>, DatasetError> + Send + 'a>;

/// The files of a piece of work, sorted by path. A table without rows has one empty file, so that every table exists
/// with its columns wherever there is a dataset.
pub(super) fn encode(segment: &str, rows: Rows, identity: &Identity) -> Result<Vec<Encoded>, DatasetError> {
    let provenance = Provenance {
        engine_version: &identity.engine_version,
        pipeline_sha256: &identity.pipeline_sha256,
        calibration_sha256: &identity.calibration_sha256,
    };
    let file = File { segment, provenance };
    let mut failures = rows.failures;
    failures.sort();
    let file = &file;
    let tables: [EncodeTable<'_>; 8] = [
        Box::new(move || file.table(Table::Traces, partitions(rows.traces), batch::traces)),
        Box::new(move || file.table(Table::Frames, partitions(rows.frames), batch::frames)),
        Box::new(move || file.table(Table::Characteristics, partitions(rows.characteristics), batch::characteristics)),
        Box::new(move || file.table(Table::Markers, partitions(rows.markers), batch::markers)),
        Box::new(move || file.table(Table::Profiles, partitions(rows.profiles), batch::profiles)),
        Box::new(move || file.table(Table::Cells, partitions(rows.cells), batch::cells)),
        Box::new(move || file.table(Table::Queue, partitions(rows.queue), batch::queue)),
        Box::new(move || {
            file.table(Table::Failures, BTreeMap::from([(Partition::default(), failures)]), batch::failures)
        }),
    ];
    let encoded: Vec<Vec<Encoded>> = tables.into_par_iter().map(|table| table()).collect::<Result<_, _>>()?;
    let mut files: Vec<Encoded> = encoded.into_iter().flatten().collect();
    files.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(files)
}

/// Groups rows by partition, sorted by time (unknown last) and frame; rows of one frame stay in their order.
pub(super) fn partitions<R: Keyed>(mut rows: Vec<R>) -> BTreeMap<Partition, Vec<R>> {
    rows.sort_by(|a, b| {
        let ((_, time_a, id_a), (_, time_b, id_b)) = (a.key(), b.key());
        (time_a.is_none(), time_a, id_a).cmp(&(time_b.is_none(), time_b, id_b))
    });
    let mut partitions: BTreeMap<Partition, Vec<R>> = BTreeMap::new();
    for row in rows {
        partitions.entry(row.partition()).or_default().push(row);
    }
    if partitions.is_empty() {
        partitions.insert(Partition::default(), Vec::new());
    }
    partitions
}

pub(super) struct File<'a> {
    pub(super) segment: &'a str,
    pub(super) provenance: Provenance<'a>,
}

impl File<'_> {
    pub(super) fn table<R>(
        &self,
        table: Table,
        partitions: BTreeMap<Partition, Vec<R>>,
        to_batch: impl Fn(&[R], Provenance<'_>) -> Result<RecordBatch, ArrowError>,
    ) -> Result<Vec<Encoded>, DatasetError> {
        let mut files = Vec::with_capacity(partitions.len());
        for (partition, rows) in partitions {
            let path = Path::new(table.as_str()).join(partition.folder()).join(format!("{}.parquet", self.segment));
            let batch = to_batch(&rows, self.provenance)
                .map_err(|source| DatasetError::Arrow { path: path.clone(), source })?;
            let bytes = parquet(&batch).map_err(|source| DatasetError::Parquet { path: path.clone(), source })?;
            files.push(Encoded { path, rows: rows.len() as u64, bytes });
        }
        Ok(files)
    }
}

pub(super) fn parquet(batch: &RecordBatch) -> Result<Vec<u8>, ParquetError> {
    let schema = batch.schema();
    let mut metadata: Vec<KeyValue> =
        schema.metadata().iter().map(|(key, value)| KeyValue::new(key.clone(), value.clone())).collect();
    metadata.sort_by(|a, b| a.key.cmp(&b.key));
    let properties = WriterProperties::builder()
        .set_created_by(concat!("ionoscribe ", env!("CARGO_PKG_VERSION")).to_owned())
        .set_compression(Compression::ZSTD(ZstdLevel::try_new(ZSTD_LEVEL)?))
        .set_statistics_enabled(EnabledStatistics::Page)
        .set_max_row_group_row_count(Some(ROW_GROUP_ROWS))
        .set_data_page_row_count_limit(PAGE_ROWS)
        .set_key_value_metadata(Some(metadata))
        .build();
    let mut bytes = Vec::new();
    let mut writer = ArrowWriter::try_new(&mut bytes, schema, Some(properties))?;
    writer.write(batch)?;
    writer.close()?;
    Ok(bytes)
}
