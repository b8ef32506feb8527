#![no_main]

/// A bilevel TIFF of 64 x 32 pixels; the first byte chooses among the kinds of fax data and the rest are the data.
fn tiff(data: &[u8]) -> Vec<u8> {
    let (kind, data) = data.split_first().map_or((4, data), |(first, rest)| (2 + first % 3, rest));
    let entries: [(u16, u32); 8] = [
        (256, 64),
        (257, 32),
        (258, 1),
        (259, u32::from(kind)),
        (262, 0),
        (273, 8 + 2 + 8 * 12 + 4),
        (278, 32),
        (279, data.len() as u32),
    ];
    let mut file = b"II\x2a\0\x08\0\0\0\x08\0".to_vec();
    for (tag, value) in entries {
        file.extend(tag.to_le_bytes());
        file.extend([4, 0, 1, 0, 0, 0]);
        file.extend(value.to_le_bytes());
    }
    file.extend([0; 4]);
    file.extend(data);
    file
}

libfuzzer_sys::fuzz_target!(|data: &[u8]| ionoscribe_fuzz::open(&tiff(data)));
