//! Writes and reads the dataset: Hive-partitioned Parquet tables that any engine opens without us.
//!
//! In: rows. Out: one file per table, station and year for each piece of work, written aside and renamed, with a commit
//! record in `_log/`. The bytes depend on the rows alone: no clock, host or thread count shows in them.

mod amend;
mod batch;
mod columns;
mod commit;
mod error;
mod lock;
mod migrate;
mod partition;
mod pending;
mod reader;
mod rows;
mod schema;
mod store;
mod verify;
mod writer;

pub use amend::ValueFile;
pub use columns::Columns;
pub use commit::{Commit, FORMAT_VERSION, Identity, Input, OutputFile};
pub use error::DatasetError;
pub use lock::Lock;
pub use migrate::{Migration, migrate};
pub use partition::{Partition, UNKNOWN_STATION, UNKNOWN_YEAR};
pub use pending::Pending;
pub(crate) use reader::read_file;
pub use reader::{read_table, table_files};
pub use rows::{
    Axis, CellRow, CharacteristicRow, FrameRow, MarkerRow, ProfileRow, QueueRow, Rows, TraceRow, ValueOrigin,
};
pub use schema::{Table, schema};
pub use store::{Dataset, write_atomically, write_without_sync};
pub use verify::{Finding, unfinished, verify};
