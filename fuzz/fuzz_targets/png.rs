#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| ionoscribe_fuzz::open_behind(b"\x89PNG\r\n\x1a\n", data));
