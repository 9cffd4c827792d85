//! A request's body on its way in: counted against the gateway's limit, and always read to its end before anything
//! is answered. A server that answers earlier and closes makes a browser report a network error in place of the
//! answer.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use axum::body::{Body, BodyDataStream};
use bytes::Bytes;
use futures_util::{Stream, StreamExt};

/// The gateway's `55m` (fax API facts §1).
pub const LIMIT: u64 = 55 * 1024 * 1024;

/// Beyond this the rest of an over-long body is not waited for.
const PATIENCE: u64 = 4 * LIMIT;

/// The body of one request.
pub struct Intake {
    body: BodyDataStream,
    taken: u64,
}

/// Why a body came to an early end.
#[derive(Debug)]
pub enum Cut {
    /// It is longer than [`LIMIT`].
    TooLarge,
    /// The client left.
    Lost,
}

impl fmt::Display for Cut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::TooLarge => "the body is too large",
            Self::Lost => "the client left",
        })
    }
}

impl std::error::Error for Cut {}

impl Intake {
    /// Starts on a body.
    pub fn new(body: Body) -> Self {
        Self { body: body.into_data_stream(), taken: 0 }
    }

    /// Reads what is left and forgets it.
    pub async fn drain(&mut self) {
        while let Some(Ok(bytes)) = self.body.next().await {
            self.taken += bytes.len() as u64;
            if self.taken > PATIENCE {
                return;
            }
        }
    }

    /// Whether more came than the gateway lets through.
    pub fn is_too_large(&self) -> bool {
        self.taken > LIMIT
    }

    /// The whole body, if it has no more than so many bytes.
    pub async fn bytes(&mut self, most: usize) -> Option<Vec<u8>> {
        let mut whole = Vec::new();
        while let Some(bytes) = self.next().await {
            whole.extend_from_slice(&bytes.ok()?);
            if whole.len() > most {
                return None;
            }
        }
        Some(whole)
    }
}

impl Stream for Intake {
    type Item = Result<Bytes, Cut>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        Poll::Ready(match ready!(self.body.poll_next_unpin(context)) {
            Some(Ok(bytes)) => {
                self.taken += bytes.len() as u64;
                Some(if self.is_too_large() { Err(Cut::TooLarge) } else { Ok(bytes) })
            }
            Some(Err(_)) => Some(Err(Cut::Lost)),
            None => None,
        })
    }
}
