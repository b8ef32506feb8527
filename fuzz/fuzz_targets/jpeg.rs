#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| ionoscribe_fuzz::open_behind(b"\xff\xd8\xff", data));
