//! The sandbox's own clock, which may run faster than the wall's: what takes an hour can be tried in a minute.
//! Moments that are kept and shown are the wall's.

use std::time::Duration;

use crate::moment::Millis;

/// How many times as fast as the wall's it runs.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Clock(f64);

impl Clock {
    /// The wall's own pace.
    pub const WALL: Self = Self(1.0);

    /// A clock so many times as fast; slower ones are allowed too.
    pub fn new(times: f64) -> Option<Self> {
        (0.001..=1_000_000.0).contains(&times).then_some(Self(times))
    }

    /// How long the wall's clock takes for what takes this long here.
    pub fn real(self, duration: Duration) -> Duration {
        Duration::try_from_secs_f64(duration.as_secs_f64() / self.0).unwrap_or(Duration::MAX)
    }

    /// The same, of milliseconds.
    pub fn real_millis(self, span: Millis) -> Millis {
        if self == Self::WALL {
            return span;
        }
        (span as f64 / self.0) as Millis
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_faster_and_slower() {
        let minute = Duration::from_secs(60);
        assert_eq!(Clock::WALL.real(minute), minute);
        assert_eq!(Clock::new(60.0).unwrap().real(minute), Duration::from_secs(1));
        assert_eq!(Clock::new(0.5).unwrap().real_millis(1500), 3000);
        assert_eq!(Clock::WALL.real_millis(Millis::MAX), Millis::MAX);
        for times in [0.0, -1.0, f64::NAN, f64::INFINITY] {
            assert_eq!(Clock::new(times), None);
        }
    }
}
