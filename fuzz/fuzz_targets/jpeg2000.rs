#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| ionoscribe_fuzz::open_behind(b"\xff\x4f\xff\x51", data));
