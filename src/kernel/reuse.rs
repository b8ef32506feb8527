//! Space that is used again: each thread keeps the large buffers of the frame it has finished for the next one.
//!
//! A film's frames all need the same dozen buffers. Taken from the system and given back for each frame they cost more
//! than some stages do: every page is mapped, cleared and unmapped again, and the threads wait for each other there.
//! What a buffer held before never shows: it is handed out empty or filled.

use image::GrayImage;
use std::cell::RefCell;
use std::collections::TryReserveError;
use std::ops::{Deref, DerefMut};
use std::thread::LocalKey;

/// Larger buffers are given back to the system at once: no film has many frames of that size, and the work on one is far
/// longer than the mapping of its pages.
const LARGEST_BYTES: usize = 64 << 20;
/// Most buffers of a type that a thread keeps; the one that lay unused longest goes first. A frame has about ten at a time.
const MOST: usize = 32;
/// A buffer this many times larger than what is asked for is left for others.
const TOO_LARGE: usize = 4;

/// The buffers that a thread keeps of a type, the one used last at the end.
pub type Shelf<T> = RefCell<Vec<Vec<T>>>;

/// What threads keep buffers of.
pub trait Element: Copy + 'static {
    /// The calling thread's buffers.
    fn shelf() -> &'static LocalKey<Shelf<Self>>;
}

/// Makes types to elements of which each thread keeps buffers.
macro_rules! elements {
    ($($element:ty),*) => {$(
        impl $crate::kernel::reuse::Element for $element {
            fn shelf() -> &'static std::thread::LocalKey<$crate::kernel::reuse::Shelf<Self>> {
                thread_local! {
                    static SHELF: $crate::kernel::reuse::Shelf<$element> = const { std::cell::RefCell::new(Vec::new()) };
                }
                &SHELF
            }
        }
    )*};
}

pub(crate) use elements;

elements!(bool, u8, i16, u16, u32, f32);

/// A vector that goes back to its thread's shelf when it is dropped.
#[derive(Debug)]
pub struct Reused<T: Element>(Vec<T>);

impl<T: Element> Reused<T> {
    /// An empty vector that holds `capacity` elements without growing.
    pub fn with_capacity(capacity: usize) -> Self {
        Self(empty(capacity))
    }

    /// The same, unless the system refuses that much memory.
    pub fn try_with_capacity(capacity: usize) -> Result<Self, TryReserveError> {
        let mut space = kept(capacity).unwrap_or_default();
        if space.capacity() < capacity {
            space.try_reserve_exact(roomy(capacity))?;
        }
        Ok(Self(space))
    }

    /// `length` times a value.
    pub fn filled(length: usize, value: T) -> Self {
        let mut space = empty(length);
        space.resize(length, value);
        Self(space)
    }

    /// A copy of a slice.
    pub fn copy_of(slice: &[T]) -> Self {
        let mut space = empty(slice.len());
        space.extend_from_slice(slice);
        Self(space)
    }

    /// The vector itself, which goes back by [`give_back`] or not at all.
    pub fn into_vec(mut self) -> Vec<T> {
        std::mem::take(&mut self.0)
    }
}

impl<T: Element> Clone for Reused<T> {
    fn clone(&self) -> Self {
        Self::copy_of(self)
    }
}

impl<T: Element> Deref for Reused<T> {
    type Target = Vec<T>;

    fn deref(&self) -> &Vec<T> {
        &self.0
    }
}

impl<T: Element> DerefMut for Reused<T> {
    fn deref_mut(&mut self) -> &mut Vec<T> {
        &mut self.0
    }
}

impl<T: Element> Drop for Reused<T> {
    fn drop(&mut self) {
        give_back(std::mem::take(&mut self.0));
    }
}

/// A black picture, whose space goes back by [`give_back`] or not at all.
pub fn black(width: u32, height: u32) -> GrayImage {
    let space = Reused::filled(width as usize * height as usize, 0);
    GrayImage::from_raw(width, height, space.into_vec()).unwrap_or_default()
}

/// A copy of a picture, whose space goes back by [`give_back`] or not at all.
pub fn copy(picture: &GrayImage) -> GrayImage {
    let space = Reused::copy_of(picture.as_raw());
    GrayImage::from_raw(picture.width(), picture.height(), space.into_vec()).unwrap_or_default()
}

/// An empty vector that holds `capacity` elements without growing.
fn empty<T: Element>(capacity: usize) -> Vec<T> {
    kept(capacity).unwrap_or_else(|| Vec::with_capacity(roomy(capacity)))
}

/// Capacity of a new buffer: up to a quarter more, so that the next frame, a little larger, finds it large enough. Pages
/// that are not written cost nothing.
fn roomy(capacity: usize) -> usize {
    let step = (capacity / 2).next_power_of_two() / 4;
    capacity.div_ceil(step.max(1)).saturating_mul(step.max(1))
}

/// The smallest of the thread's buffers that holds `capacity` elements, emptied.
fn kept<T: Element>(capacity: usize) -> Option<Vec<T>> {
    // A thread that is ending has no shelf any more.
    let kept = T::shelf().try_with(|shelf| {
        let mut shelf = shelf.borrow_mut();
        let fitting = capacity..=capacity.saturating_mul(TOO_LARGE);
        let fits = shelf.iter().enumerate().filter(|(_, space)| fitting.contains(&space.capacity()));
        let best = fits.min_by_key(|(_, space)| space.capacity()).map(|(index, _)| index);
        best.map(|index| shelf.remove(index))
    });
    let mut space = kept.ok().flatten()?;
    space.clear();
    Some(space)
}

/// Keeps a vector for the thread's next frame.
pub fn give_back<T: Element>(space: Vec<T>) {
    if space.capacity() == 0 || space.capacity() * size_of::<T>() > LARGEST_BYTES {
        return;
    }
    // A thread that is ending has no shelf any more: the vector is dropped.
    let _ = T::shelf().try_with(|shelf| {
        let mut shelf = shelf.borrow_mut();
        if shelf.len() == MOST {
            shelf.remove(0);
        }
        shelf.push(space);
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Does some work in a thread whose shelves are empty.
    fn alone(work: fn()) {
        std::thread::spawn(work).join().unwrap();
    }

    #[test]
    fn a_buffer_comes_back_and_nothing_of_what_it_held() {
        alone(come_and_go);
    }

    fn come_and_go() {
        let first = Reused::filled(1000, 7u8);
        let place = first.as_ptr();
        drop(first);
        let second = Reused::filled(900, 0u8);
        assert_eq!((second.as_ptr(), &second[..]), (place, &[0; 900][..]));
        give_back(second.into_vec());
        let third: Reused<u8> = Reused::with_capacity(300);
        assert_eq!((third.as_ptr(), third.len()), (place, 0));
    }

    #[test]
    fn the_smallest_that_fits_is_taken_and_a_far_larger_one_is_left() {
        alone(fit);
    }

    fn fit() {
        for capacity in [5000, 300, 100] {
            give_back(Vec::<u16>::with_capacity(capacity));
        }
        assert_eq!(Reused::<u16>::with_capacity(200).capacity(), 300);
        let held = [Reused::<u16>::with_capacity(60), Reused::<u16>::with_capacity(60)];
        assert_eq!(held.each_ref().map(|space| space.capacity()), [100, 64]);
    }

    #[test]
    fn few_are_kept_and_none_that_is_huge() {
        alone(overflow);
    }

    fn overflow() {
        give_back(Vec::<f32>::with_capacity(LARGEST_BYTES / 4 + 1));
        for capacity in 1..=MOST + 5 {
            give_back(Vec::<f32>::with_capacity(capacity));
        }
        let kept: Vec<usize> = f32::shelf().with_borrow(|shelf| shelf.iter().map(Vec::capacity).collect());
        assert_eq!(kept, (6..=MOST + 5).collect::<Vec<usize>>());
    }
}
