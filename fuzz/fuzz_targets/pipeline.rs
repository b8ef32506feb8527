#![no_main]

libfuzzer_sys::fuzz_target!(|data: &str| drop(toml::from_str::<ionoscribe::engine::PipelineFile>(data)));
