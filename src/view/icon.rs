//! Line drawings of 24 by 24, as paths.

pub const PAGE: &str = "M6 3h8l4 4v14H6zM14 3v4h4M9 12h6M9 16h6";
pub const UP: &str = "M6 14l6-6 6 6";
pub const DOWN: &str = "M6 10l6 6 6-6";
pub const CROSS: &str = "M6 6l12 12M18 6L6 18";
pub const PEN: &str = "M4 20l1-4L16 5l3 3L8 19zM14 7l3 3";
pub const UPLOAD: &str = "M12 15V4M8 8l4-4 4 4M4 15v5h16v-5";
pub const TICK: &str = "M5 12l5 5 9-10";
pub const WARNING: &str = "M12 4l9 16H3zM12 10v4M12 17v.5";
pub const GRIP: &str = "M9 6v.5M9 12v.5M9 18v.5M15 6v.5M15 12v.5M15 18v.5";
