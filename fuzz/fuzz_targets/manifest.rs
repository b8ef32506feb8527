#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| drop(ionoscribe::ingest::Manifest::parse(data)));
