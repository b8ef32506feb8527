//! Gives the values of a finished segment other flags, once the whole dataset was seen.

use super::batch::{self, Provenance};
use super::store::{sha256, slashed};
use super::writer::{File, parquet, partitions};
use super::{Columns, Commit, Dataset, DatasetError, OutputFile, Partition, QueueRow, Table, write_atomically};
use arrow::array::{ArrayRef, RecordBatch, StringArray, UInt8Array};
use arrow::compute::concat_batches;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// One file of the table `characteristics`.
#[derive(Debug, Clone)]
pub struct ValueFile {
    path: PathBuf,
    rows: RecordBatch,
}

impl ValueFile {
    /// Station and year of its rows.
    pub fn partition(&self) -> Partition {
        Partition::of(&self.path)
    }

    /// Its rows.
    pub fn columns(&self) -> Columns<'_> {
        Columns(&self.rows)
    }

    /// Number of rows.
    pub fn len(&self) -> usize {
        self.rows.num_rows()
    }

    /// There are no rows.
    pub fn is_empty(&self) -> bool {
        self.rows.num_rows() == 0
    }

    /// The same rows with other flags and tests, in their order.
    pub fn with_flags(&self, flags: Vec<u8>, tests: &[String]) -> Result<Self, DatasetError> {
        let schema = self.rows.schema();
        let mut columns = self.rows.columns().to_vec();
        for (at, field) in schema.fields().iter().enumerate() {
            match field.name().as_str() {
                "flag" => columns[at] = Arc::new(UInt8Array::from(flags.clone())) as ArrayRef,
                "tests" => columns[at] = Arc::new(StringArray::from_iter_values(tests)) as ArrayRef,
                _ => {}
            }
        }
        let rows = RecordBatch::try_new(schema, columns)
            .map_err(|source| DatasetError::Arrow { path: self.path.clone(), source })?;
        Ok(Self { path: self.path.clone(), rows })
    }
}

impl Dataset {
    /// The files of the values of a finished segment.
    pub fn value_files(&self, commit: &Commit) -> Result<Vec<ValueFile>, DatasetError> {
        let of_values = |file: &&OutputFile| Path::new(&file.path).starts_with(Table::Characteristics.as_str());
        commit.files.iter().filter(of_values).map(|file| self.value_file(Path::new(&file.path))).collect()
    }

    fn value_file(&self, path: &Path) -> Result<ValueFile, DatasetError> {
        let full = self.root().join(path);
        let wrong = |source| DatasetError::Parquet { path: full.clone(), source };
        let file = std::fs::File::open(&full).map_err(DatasetError::io(&full))?;
        let builder = ParquetRecordBatchReaderBuilder::try_new(file).map_err(wrong)?;
        let schema = builder.schema().clone();
        let batches: Result<Vec<RecordBatch>, _> = builder.build().map_err(wrong)?.collect();
        let rows = batches.and_then(|batches| concat_batches(&schema, &batches));
        let rows = rows.map_err(|source| DatasetError::Arrow { path: full.clone(), source })?;
        Ok(ValueFile { path: path.to_owned(), rows })
    }

    /// The values and the queue of a finished segment are those that its record names.
    pub fn is_as_recorded(&self, commit: &Commit) -> bool {
        let is = |file: &OutputFile| {
            std::fs::read(self.root().join(&file.path)).is_ok_and(|bytes| sha256(&bytes) == file.sha256)
        };
        let of =
            |table: Table| commit.files.iter().filter(move |file| Path::new(&file.path).starts_with(table.as_str()));
        of(Table::Queue).count() > 0 && of(Table::Queue).chain(of(Table::Characteristics)).all(is)
    }

    /// Writes the values of a finished segment with other flags, and its review queue, and records them. An
    /// interruption leaves files that the record does not agree with; amending again mends that.
    pub fn amend(
        &self,
        mut commit: Commit,
        values: &[ValueFile],
        queue: Vec<QueueRow>,
    ) -> Result<Commit, DatasetError> {
        let identity = self.identity();
        let provenance = Provenance {
            engine_version: &identity.engine_version,
            pipeline_sha256: &identity.pipeline_sha256,
            calibration_sha256: &identity.calibration_sha256,
        };
        let temporary = self.work_folder(&commit.segment).join("file.tmp");
        let mut files = Vec::new();
        for file in values {
            let bytes =
                parquet(&file.rows).map_err(|source| DatasetError::Parquet { path: file.path.clone(), source })?;
            files.push((file.path.clone(), file.len() as u64, bytes));
        }
        let of_queue =
            File { segment: &commit.segment, provenance }.table(Table::Queue, partitions(queue), batch::queue)?;
        files.extend(of_queue.into_iter().map(|file| (file.path, file.rows, file.bytes)));
        let is_amended = |file: &OutputFile| {
            [Table::Characteristics, Table::Queue].iter().any(|table| Path::new(&file.path).starts_with(table.as_str()))
        };
        let mut kept: Vec<OutputFile> = commit.files.iter().filter(|file| !is_amended(file)).cloned().collect();
        for (path, rows, bytes) in &files {
            write_atomically(&self.root().join(path), &temporary, bytes)?;
            kept.push(OutputFile { path: slashed(path), rows: *rows, sha256: sha256(bytes) });
        }
        kept.sort();
        let stale: Vec<OutputFile> =
            commit.files.iter().filter(|file| !kept.iter().any(|other| other.path == file.path)).cloned().collect();
        commit.files = kept;
        self.record(&commit, &temporary)?;
        stale.iter().try_for_each(|file| self.remove_output(file))?;
        self.remove_work_files(&commit.segment)?;
        Ok(commit)
    }
}
