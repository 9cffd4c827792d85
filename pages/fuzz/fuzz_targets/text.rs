#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| fax_pages_fuzz::text(bytes));
