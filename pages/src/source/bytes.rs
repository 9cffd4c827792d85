//! The bytes of a JPEG for its decoder, which asks for four at a time: the decoder's own way to them, made for files as well, takes a tenth of the time
//! that a photograph takes.

use zune_core::bytestream::{ZByteIoError, ZByteReaderTrait, ZSeekFrom};

/// Bytes, and how many of them were read. Four at a time are read in place; single ones, which are rare, by a call: the decoder reads them
/// in a hundred places.
pub(super) struct Bytes<'a> {
    all: &'a [u8],
    at: usize,
}

impl<'a> Bytes<'a> {
    pub fn new(all: &'a [u8]) -> Self {
        Self { all, at: 0 }
    }

    fn rest(&self) -> &'a [u8] {
        self.all.get(self.at..).unwrap_or_default()
    }

    #[cold]
    fn too_few(&self, wanted: usize) -> ZByteIoError {
        ZByteIoError::NotEnoughBytes(self.rest().len(), wanted)
    }
}

impl ZByteReaderTrait for Bytes<'_> {
    #[inline(never)]
    fn read_byte_no_error(&mut self) -> u8 {
        let Some(byte) = self.all.get(self.at) else { return 0 };
        self.at += 1;
        *byte
    }

    #[inline(always)]
    fn read_exact_bytes(&mut self, to: &mut [u8]) -> Result<(), ZByteIoError> {
        let Some(bytes) = self.all.get(self.at..).and_then(|rest| rest.get(..to.len())) else {
            return Err(self.too_few(to.len()));
        };
        to.copy_from_slice(bytes);
        self.at += to.len();
        Ok(())
    }

    fn read_bytes(&mut self, to: &mut [u8]) -> Result<usize, ZByteIoError> {
        let read = self.peek_bytes(to)?;
        self.at += read;
        Ok(read)
    }

    fn peek_bytes(&mut self, to: &mut [u8]) -> Result<usize, ZByteIoError> {
        let read = to.len().min(self.rest().len());
        to.iter_mut().zip(self.rest()).for_each(|(to, byte)| *to = *byte);
        Ok(read)
    }

    fn peek_exact_bytes(&mut self, to: &mut [u8]) -> Result<(), ZByteIoError> {
        let Some(bytes) = self.rest().get(..to.len()) else { return Err(self.too_few(to.len())) };
        to.copy_from_slice(bytes);
        Ok(())
    }

    fn z_seek(&mut self, from: ZSeekFrom) -> Result<u64, ZByteIoError> {
        let to = match from {
            ZSeekFrom::Start(at) => i64::try_from(at).ok(),
            ZSeekFrom::End(by) => (self.all.len() as i64).checked_add(by),
            ZSeekFrom::Current(by) => (self.at as i64).checked_add(by),
        };
        let to = to.and_then(|to| usize::try_from(to).ok()).ok_or(ZByteIoError::SeekError("before the first byte"))?;
        self.at = to;
        Ok(to as u64)
    }

    #[inline(never)]
    fn is_eof(&mut self) -> Result<bool, ZByteIoError> {
        Ok(self.at >= self.all.len())
    }

    fn z_position(&mut self) -> Result<u64, ZByteIoError> {
        Ok(self.at as u64)
    }

    fn read_remaining(&mut self, sink: &mut Vec<u8>) -> Result<usize, ZByteIoError> {
        let rest = self.rest();
        sink.extend_from_slice(rest);
        self.at += rest.len();
        Ok(rest.len())
    }
}
