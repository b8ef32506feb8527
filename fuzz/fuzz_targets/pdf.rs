#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| ionoscribe_fuzz::open_behind(b"%PDF-1.5\n", data));
