//! One loop, several instruction sets.

/// Compiles a function once for each instruction set that pays and chooses at the first call, without unsafe code of
/// ours. Loops inside must be such that the compiler turns them into vectors: slices of equal length, no checked
/// arithmetic, no early end. Results are whole numbers or sums in a fixed order, so that all versions agree.
///
/// In tests a module of the function's name holds each version by itself; one that the machine lacks runs as `plain`.
macro_rules! vectorised {
    ($(#[$meta:meta])* $vis:vis fn $name:ident($($argument:ident: $type:ty),* $(,)?) $(-> $out:ty)? $body:block) => {
        $(#[$meta])*
        #[multiversion::multiversion(targets("x86_64+avx512bw+avx512vl", "x86_64+avx2", "x86_64+sse4.1"))]
        $vis fn $name($($argument: $type),*) $(-> $out)? $body

        #[cfg(test)]
        mod $name {
            #[allow(unused_imports, reason = "not every body names something of its file")]
            use super::*;

            pub(super) fn plain($($argument: $type),*) $(-> $out)? $body
            #[multiversion::multiversion(targets("x86_64+sse4.1"))]
            pub(super) fn sse41($($argument: $type),*) $(-> $out)? $body
            #[multiversion::multiversion(targets("x86_64+avx2"))]
            pub(super) fn avx2($($argument: $type),*) $(-> $out)? $body
            #[multiversion::multiversion(targets("x86_64+avx512bw+avx512vl"))]
            pub(super) fn avx512($($argument: $type),*) $(-> $out)? $body
        }
    };
}

pub(super) use vectorised;
