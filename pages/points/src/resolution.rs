/// Pels of a line: ITU-T T.4, 1,728 across 215 mm.
pub const PELS: u32 = 1728;

/// How close the lines of a page lie.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Resolution {
    /// T.4's finer one: 196 lines to the inch (7.7 to the millimetre). The service's `High`, "200 dpi".
    High,
    /// T.4's basic one: 98 lines to the inch (3.85 to the millimetre), so that a pel is twice as tall as wide. The service's `Low`, "100 dpi".
    Low,
}

impl Resolution {
    /// Lines to the inch.
    pub fn lines_per_inch(self) -> u32 {
        match self {
            Self::High => 196,
            Self::Low => 98,
        }
    }
}
