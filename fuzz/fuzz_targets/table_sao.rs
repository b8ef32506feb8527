#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| ionoscribe_fuzz::table("sao", data));
