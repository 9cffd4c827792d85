// Copies and fills of a few bytes within the program. `memory.copy` and `memory.fill`, which is what the compiler makes of all of them whose length it
// does not know, leave the program for one of the browser's own: that alone takes as long as some hundred bytes, and pages are made of rows of
// sixteen. A tenth of a page's time.

/** From here on the browser is faster. */
const MANY = 512;

/** In chunks of sixteen bytes, then one by one. A copy to a little further on goes to the browser, which knows where to begin. */
const FUNCTIONS = ` (func $short_copy (param $to i32) (param $from i32) (param $length i32)
  (if (i32.or (i32.gt_u (local.get $length) (i32.const ${MANY})) (i32.lt_u (i32.sub (local.get $to) (local.get $from)) (local.get $length)))
   (then (memory.copy (local.get $to) (local.get $from) (local.get $length)) (return)))
  (block $rest
   (loop $next
    (br_if $rest (i32.lt_u (local.get $length) (i32.const 16)))
    (v128.store align=1 (local.get $to) (v128.load align=1 (local.get $from)))
    (local.set $to (i32.add (local.get $to) (i32.const 16)))
    (local.set $from (i32.add (local.get $from) (i32.const 16)))
    (local.set $length (i32.sub (local.get $length) (i32.const 16)))
    (br $next)))
  (block $end
   (loop $next
    (br_if $end (i32.eqz (local.get $length)))
    (i32.store8 (local.get $to) (i32.load8_u (local.get $from)))
    (local.set $to (i32.add (local.get $to) (i32.const 1)))
    (local.set $from (i32.add (local.get $from) (i32.const 1)))
    (local.set $length (i32.sub (local.get $length) (i32.const 1)))
    (br $next)))
 )
 (func $short_fill (param $to i32) (param $value i32) (param $length i32)
  (if (i32.gt_u (local.get $length) (i32.const ${MANY}))
   (then (memory.fill (local.get $to) (local.get $value) (local.get $length)) (return)))
  (block $rest
   (loop $next
    (br_if $rest (i32.lt_u (local.get $length) (i32.const 16)))
    (v128.store align=1 (local.get $to) (i8x16.splat (local.get $value)))
    (local.set $to (i32.add (local.get $to) (i32.const 16)))
    (local.set $length (i32.sub (local.get $length) (i32.const 16)))
    (br $next)))
  (block $end
   (loop $next
    (br_if $end (i32.eqz (local.get $length)))
    (i32.store8 (local.get $to) (local.get $value))
    (local.set $to (i32.add (local.get $to) (i32.const 1)))
    (local.set $length (i32.sub (local.get $length) (i32.const 1)))
    (br $next)))
 )
`;

/** The text of a program, as wasm-dis writes it, in which all copies and fills are its own. */
export function shortCopies(text) {
  const own = text.replace(/\(memory\.(copy|fill)$/gm, "(call $short_$1");
  if (own === text) throw new Error("no copy is written as wasm-dis writes it");
  return own.replace(/\)\s*$/, `${FUNCTIONS})\n`);
}
