use super::*;
use proptest::prelude::*;

/// `training/fixture.py` writes both.
const WEIGHTS: &[u8] = include_bytes!("../../tests/fixtures/label/random.bin");
const OUTPUTS: &[u8] = include_bytes!("../../tests/fixtures/label/random-outputs.bin");

fn network() -> Network {
    Network::from_bytes(WEIGHTS).unwrap()
}

fn planes() -> Planes {
    let (rows, columns) = (16, 32);
    let mut state = 7u32;
    let mut plane = |mask: bool| -> Vec<u8> {
        (0..rows * columns)
            .map(|_| {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                let grey = (state >> 24) as u8;
                if mask { u8::from(grey >= 64) } else { grey }
            })
            .collect()
    };
    let pictures = [plane(false), plane(false), plane(false)];
    Planes::new(rows, columns, &pictures.each_ref().map(Vec::as_slice), &plane(true))
}

fn all(outputs: &Outputs) -> Vec<f32> {
    [&outputs.maps, &outputs.frequency, &outputs.height, &outputs.scalars]
        .into_iter()
        .flat_map(|part| part.iter().copied())
        .collect()
}

/// The header of the fixture with a part of it replaced, and its tensors.
fn with_header(from: &str, to: &str) -> Result<Network, NetworkError> {
    let length = u32::from_le_bytes(*WEIGHTS[8..].first_chunk().unwrap()) as usize;
    let header = std::str::from_utf8(&WEIGHTS[12..12 + length]).unwrap();
    assert!(header.contains(from), "{header}");
    let header = header.replacen(from, to, 1);
    let parts = [&WEIGHTS[..8], &(header.len() as u32).to_le_bytes(), header.as_bytes(), &WEIGHTS[12 + length..]];
    Network::from_bytes(&parts.concat())
}

#[test]
fn outputs_are_those_of_the_network_that_was_trained() {
    let expected: Vec<f32> = OUTPUTS.as_chunks().0.iter().map(|&bytes| f32::from_le_bytes(bytes)).collect();
    let network = network();
    let outputs = network.run(&planes(), &mut Scratch::default()).unwrap();
    let found = all(&outputs);
    assert_eq!(found.len(), expected.len());
    for (index, (found, expected)) in found.iter().zip(&expected).enumerate() {
        assert!((found - expected).abs() < 1e-4, "value {index}: {found} for {expected}");
    }
    let size = 16 * 32;
    assert_eq!(outputs.map(2), &found[2 * size..3 * size]);
    assert_eq!(outputs.frequency(1), &found[3 * size + 33..3 * size + 66]);
    assert_eq!(outputs.height(0), &found[3 * size + 66..3 * size + 83]);
    assert_eq!(outputs.scalars(), &found[3 * size + 83..]);
    assert!(outputs.map(3).is_empty());
    assert_eq!(network.shape().frequency, ["foE", "foF2"]);
}

#[test]
fn outputs_do_not_depend_on_what_the_space_held() {
    let network = network();
    let fresh = all(&network.run(&planes(), &mut Scratch::default()).unwrap());
    let mut scratch = Scratch::default();
    let wide = with_header("\"rows\":16,\"columns\":32", "\"rows\":32,\"columns\":16").unwrap();
    for _ in 0..2 {
        let others = Planes::new(32, 16, &[&[200; 512], &[9; 512], &[77; 512]], &[1; 512]);
        wide.run(&others, &mut scratch).unwrap();
        for _ in 0..2 {
            assert_eq!(all(&network.run(&planes(), &mut scratch).unwrap()), fresh);
        }
    }
    assert_eq!(all(&network.label(&planes()).unwrap()), fresh);
}

#[test]
fn what_is_wrong_with_a_file_is_said() {
    fn message(result: Result<Network, NetworkError>) -> String {
        result.map_or_else(|error| error.to_string(), |_| "none".to_owned())
    }
    let t = |from, to, expected: &str| {
        let found = message(with_header(from, to));
        assert!(found.contains(expected), "{from} -> {to}: {found}");
    };
    t("\"rows\":16", "\"rows\":24", "rows is 24, expected a multiple of 16");
    t("\"rows\":16", "\"rows\":16000", "rows is 16000, expected 16 to 1024");
    t("\"planes\":4", "\"planes\":0", "planes is 0");
    t(
        "\"maps\":3",
        "\"maps\":4",
        "layer maps (Pointwise 6 to 12, stride 1) where the network has maps (Pointwise 6 to 16",
    );
    t("\"maps\":3", "\"maps\":-3", "invalid value");
    t(
        "\"scalars\":[\"quality\"]",
        "\"scalars\":[]",
        "layer scalars (Linear 8 to 1, stride 1) where the network has none",
    );
    t("\"name\":\"e2a\"", "\"name\":\"e2\"", "layer e2 (Conv 6 to 7, stride 2, ReLU) where the network has e2a");
    t("\"stride\":2", "\"stride\":3", "stride 3");
    t("\"residual\":true", "\"residual\":false", "residual");
    t("\"out\":5", "\"out\":18446744073709551615", "channels of a layer is 18446744073709551615, expected 1 to 512");
    t("\"in\":16", "\"kernel\":5,\"in\":16", "unknown field `kernel`");
    let cut = |length: usize| message(Network::from_bytes(&WEIGHTS[..length]));
    assert!(cut(7).contains("IONOLBL1"));
    assert!(cut(200).contains("cut off in its header"));
    assert!(cut(WEIGHTS.len() - 1).contains("cut off in layer scalars"));
    assert!(message(Network::from_bytes(&[WEIGHTS, &[0; 4]].concat())).contains("4 bytes after"));
    let mut infinite = WEIGHTS.to_vec();
    let last = infinite.len() - 4;
    infinite[last..].copy_from_slice(&f32::INFINITY.to_le_bytes());
    assert!(message(Network::from_bytes(&infinite)).contains("layer scalars are not finite"));
    let other = Planes::new(16, 16, &[], &[]);
    let error = network().run(&other, &mut Scratch::default()).unwrap_err();
    assert_eq!(error.to_string(), "network for 4 x 16 x 32 values was given 1 x 16 x 16");
}

proptest! {
    #[test]
    fn no_bytes_make_the_reader_panic(at in 0..WEIGHTS.len(), with: [u8; 3], end in 0..WEIGHTS.len()) {
        let mut bytes = WEIGHTS.to_vec();
        bytes.iter_mut().skip(at).zip(with).for_each(|(byte, with)| *byte = with);
        drop(Network::from_bytes(&bytes));
        if let Ok(network) = Network::from_bytes(&bytes) {
            drop(network.run(&planes(), &mut Scratch::default()));
        }
        drop(Network::from_bytes(&bytes[..end]));
    }

    #[test]
    fn no_header_makes_the_reader_panic(at in 12usize..2500, with in "[0-9a-z\":,{}\\[\\]-]{1,6}") {
        let mut bytes = WEIGHTS.to_vec();
        bytes.iter_mut().skip(at).zip(with.bytes()).for_each(|(byte, with)| *byte = with);
        drop(Network::from_bytes(&bytes));
    }
}
