#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    drop(ionoscribe::label::Network::from_bytes(&[b"IONOLBL1", data].concat()));
});
