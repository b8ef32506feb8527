//! The `ionoscribe` command: parses arguments and hands over to the library.

fn main() -> std::process::ExitCode {
    ionoscribe::cli::main()
}
