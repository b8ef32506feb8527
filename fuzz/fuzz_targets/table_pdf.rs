#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| drop(ionoscribe::table::pdf::text_pages(data)));
