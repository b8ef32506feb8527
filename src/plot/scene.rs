//! A drawing as a list of lines, boxes, markers and text, independent of how it is rendered.

use super::Colour;

/// A place in scene units, x to the right, y downward.
pub type Point = (f64, f64);

/// How a line is drawn.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Stroke {
    /// Colour.
    pub colour: Colour,
    /// Width in scene units.
    pub width: f64,
    /// Lengths of dash and gap in scene units; solid if `None`.
    pub dash: Option<[f64; 2]>,
}

impl Stroke {
    /// A solid line.
    pub fn solid(colour: Colour, width: f64) -> Self {
        Self { colour, width, dash: None }
    }

    /// A dashed line.
    pub fn dashed(colour: Colour, width: f64, dash: f64, gap: f64) -> Self {
        Self { colour, width, dash: Some([dash, gap]) }
    }
}

/// Shape of a point marker.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Marker {
    /// Filled circle.
    Disc,
    /// Circle, its inside white.
    Ring,
    /// Triangle pointing up, its inside white.
    Triangle,
    /// Filled triangle pointing down.
    Pointer,
    /// Filled diamond.
    Diamond,
    /// Diagonal cross.
    Cross,
    /// Filled square.
    Square,
}

/// Which typeface.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Face {
    /// Proportional, for labels.
    Label,
    /// Fixed width, for tables and digits.
    Fixed,
}

/// Which part of a text stands at its point, along the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Anchor {
    /// Its start.
    Start,
    /// Its middle.
    Middle,
    /// Its end.
    End,
}

/// Which part of a text stands at its point, across the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Baseline {
    /// The line on which letters stand.
    Foot,
    /// The middle of the capitals.
    Middle,
    /// The top of the capitals.
    Head,
}

/// A line of text.
#[derive(Debug, Clone, PartialEq)]
pub struct Text {
    /// Where it stands.
    pub at: Point,
    /// The words.
    pub words: String,
    /// Font size (ascent to descent) in scene units.
    pub size: f64,
    /// Typeface.
    pub face: Face,
    /// Colour.
    pub colour: Colour,
    /// Place of the point along the text.
    pub anchor: Anchor,
    /// Place of the point across the text.
    pub baseline: Baseline,
    /// Reads upward instead of to the right.
    pub upward: bool,
    /// Colour of an outline that sets the text off its ground.
    pub halo: Option<Colour>,
}

impl Text {
    /// Ink-coloured label text that starts at a point.
    pub fn new(at: Point, words: impl Into<String>, size: f64) -> Self {
        Self {
            at,
            words: words.into(),
            size,
            face: Face::Label,
            colour: Colour::INK,
            anchor: Anchor::Start,
            baseline: Baseline::Foot,
            upward: false,
            halo: None,
        }
    }

    /// In another typeface.
    pub fn face(self, face: Face) -> Self {
        Self { face, ..self }
    }

    /// In another colour.
    pub fn colour(self, colour: Colour) -> Self {
        Self { colour, ..self }
    }

    /// With another part of it at the point.
    pub fn anchored(self, anchor: Anchor, baseline: Baseline) -> Self {
        Self { anchor, baseline, ..self }
    }

    /// Reading upward.
    pub fn upward(self) -> Self {
        Self { upward: true, ..self }
    }

    /// Outlined.
    pub fn halo(self, colour: Colour) -> Self {
        Self { halo: Some(colour), ..self }
    }
}

/// One element of a scene.
#[derive(Debug, Clone, PartialEq)]
pub enum Item {
    /// A line through points.
    Path {
        /// The points; a single one draws nothing.
        points: Vec<Point>,
        /// How.
        stroke: Stroke,
    },
    /// An upright box.
    Box {
        /// Left top corner.
        from: Point,
        /// Right bottom corner.
        to: Point,
        /// Inside.
        fill: Option<Colour>,
        /// Outline.
        stroke: Option<Stroke>,
    },
    /// A marker.
    Marker {
        /// Its middle.
        at: Point,
        /// Its shape.
        marker: Marker,
        /// Its radius in scene units.
        radius: f64,
        /// Its colour.
        colour: Colour,
    },
    /// A text.
    Text(Text),
}

/// A drawing. Later items cover earlier ones.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Scene {
    /// Width in scene units.
    pub width: f64,
    /// Height in scene units.
    pub height: f64,
    /// What is drawn, from the back to the front.
    pub items: Vec<Item>,
}

impl Scene {
    /// An empty scene.
    pub fn new(width: f64, height: f64) -> Self {
        Self { width, height, items: Vec::new() }
    }

    /// Adds a straight line.
    pub fn line(&mut self, from: Point, to: Point, stroke: Stroke) {
        self.path(vec![from, to], stroke);
    }

    /// Adds a line through points.
    pub fn path(&mut self, points: Vec<Point>, stroke: Stroke) {
        self.items.push(Item::Path { points, stroke });
    }

    /// Adds a filled box.
    pub fn fill(&mut self, from: Point, to: Point, colour: Colour) {
        self.items.push(Item::Box { from, to, fill: Some(colour), stroke: None });
    }

    /// Adds the outline of a box.
    pub fn outline(&mut self, from: Point, to: Point, stroke: Stroke) {
        self.items.push(Item::Box { from, to, fill: None, stroke: Some(stroke) });
    }

    /// Adds a marker.
    pub fn marker(&mut self, at: Point, marker: Marker, radius: f64, colour: Colour) {
        self.items.push(Item::Marker { at, marker, radius, colour });
    }

    /// Adds a text.
    pub fn text(&mut self, text: Text) {
        self.items.push(Item::Text(text));
    }
}
