//! One budget of calls for everything on the page, and for all tabs: see [`Rate`].

use gloo_timers::future::TimeoutFuture;
use wasm_bindgen_futures::spawn_local;

use super::lock;
use super::storage::{self, Keep};
use crate::rate::{Group, Rate, Told};

/// Milliseconds after which whoever waits looks again: another tab may have changed what is known.
const LOOK_AGAIN: i64 = 5_000;

/// A call that may go out.
pub struct Pass {
    name: String,
    group: Group,
    left: i64,
    ended: bool,
}

/// Waits until a call of a group may go to a service; tells, while it waits, until when.
pub async fn pass(service: &str, group: Group, waiting: &dyn Fn(i64)) -> Pass {
    let name = format!("rate.{}.{service}", group.as_str());
    let mut told = 0;
    loop {
        let now = super::now();
        let wait = {
            let _held = lock::hold("rates").await;
            let mut rate = read(&name, group);
            let wait = rate.wait(now);
            if wait == 0 {
                rate.leave(now);
                storage::write(Keep::Device, &name, &rate.write());
            }
            wait
        };
        if wait == 0 {
            return Pass { name, group, left: now, ended: false };
        }
        if (now + wait - told).abs() > 500 {
            told = now + wait;
            waiting(told);
        }
        TimeoutFuture::new(u32::try_from(wait.min(LOOK_AGAIN)).unwrap_or(0)).await;
    }
}

impl Pass {
    /// The call has its answer. A penalty is written down before anything else goes on; all else can wait.
    pub async fn end(mut self, told: Told) {
        let closing = self.close(told);
        if told.penalty.is_some() {
            closing.await;
        } else {
            spawn_local(closing);
        }
    }

    fn close(&mut self, told: Told) -> impl Future<Output = ()> + 'static {
        self.ended = true;
        let (name, group, left, now) = (self.name.clone(), self.group, self.left, super::now());
        async move {
            let _held = lock::hold("rates").await;
            let mut rate = read(&name, group);
            rate.end(left, now, told);
            storage::write(Keep::Device, &name, &rate.write());
        }
    }
}

impl Drop for Pass {
    /// A call that was let go of may have been counted as late as now.
    fn drop(&mut self) {
        if !self.ended {
            spawn_local(self.close(Told::default()));
        }
    }
}

fn read(name: &str, group: Group) -> Rate {
    storage::read(Keep::Device, name).and_then(|line| Rate::read(&line)).unwrap_or_else(|| Rate::new(group))
}
